import { z } from 'zod'

const milliseconds = z.number().nonnegative()

/** Behaviour of VBase that VTEX does not document, and faults. Changes take effect immediately. */
export const vbaseBehaviourSchema = z.strictObject({
  /** `If-Match` has no effect. */
  ignoreIfMatch: z.boolean(),
  /** Reads and listings return any state of the last so many milliseconds; 0: always the current one. */
  staleReads: milliseconds,
  staleListings: milliseconds,
  /** Default and maximum number of names in one page of a listing. */
  pageSize: z.int().positive(),
  /** The status of deleting a missing file. */
  missingDelete: z.literal([204, 404]),
})

export type VBaseBehaviour = z.infer<typeof vbaseBehaviourSchema>

export const DEFAULT_VBASE_BEHAVIOUR: Readonly<VBaseBehaviour> = {
  ignoreIfMatch: false,
  staleReads: 0,
  staleListings: 0,
  pageSize: 1_000,
  missingDelete: 404,
}
