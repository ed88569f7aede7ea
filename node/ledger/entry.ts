import { z } from 'zod'

/** What Intershop was told last of an offer. */
export const entrySchema = z.object({
  sellerId: z.string(),
  offerSku: z.string(),
  quantity: z.number(),
  /** When that quantity was first observed, UTC milliseconds. */
  changedAt: z.number(),
  /** Stamp of the delivery by which Intershop was told. */
  toldAt: z.number(),
  /** Of the settings and the workspace that it was told with; {@link UNCERTAIN} where that is not known. */
  mark: z.string(),
  /** In a source that has ids of its own, the row that it was read from. */
  rowId: z.number().optional(),
  /** Stamp of the part that kept a quantity of 0 back last, where a guard did and nobody forced it since. */
  heldAt: z.number().optional(),
  /** Stamp of the part that found last that another offer has its name, too, where it was not told since. */
  sharedAt: z.number().optional(),
  /** The offer has another name now, and whose this one is has not been told by it yet. */
  former: z.literal(true).optional(),
})

export type Entry = z.infer<typeof entrySchema>

/** Of the offers of one SKU. */
export const entriesSchema = z.array(entrySchema)

/** The mark of an entry that may have been overtaken by what a worker told that died over it. */
export const UNCERTAIN = ''

/** By the name that the offer has now. */
export const entryOf = (
  entries: readonly Entry[] | undefined,
  sellerId: string
): Entry | undefined => entries?.find((entry) => entry.sellerId === sellerId && !entry.former)

/** Whether Intershop may be selling it. */
export const mayBeSold = ({ quantity, mark }: Entry): boolean => quantity > 0 || mark === UNCERTAIN
