import { z } from 'zod'
import { dayOf } from '../common/clock'
import { SOURCES, STOCK_SOURCES, type StockSource } from '../sources/source'

/** Parses a field's text, and writes it. */
type TextField = z.ZodType<unknown, string | undefined>

/** Text without the characters that end a key, a field or a folder. */
export const word = z.string().regex(/^[^/~=]+$/)

const number = (form: RegExp) =>
  z.codec(z.string().regex(form), z.number(), { decode: Number, encode: String })

export const integer = number(/^\d+$/)

/** UTC milliseconds, always thirteen digits: names that begin with them sort by time. */
export const moment = number(/^\d{13}$/)

export const flag = z.stringbool({ truthy: ['yes'], falsy: ['no'], case: 'sensitive' })

/**
 * The names of one kind of document: `first~key=value~key=value`, with the fields in the order of the shape. The first
 * has no key, so that names sort by it and can be listed by it. An absent field is left out.
 */
export class DocumentNames<Shape extends Record<string, TextField>> {
  private readonly schema: z.ZodObject<Shape>
  private readonly keys: string[]

  constructor(
    shape: Shape,
    /** The folder of a name, by its first field. */
    private readonly folderOf = (_first: string) => ''
  ) {
    this.schema = z.object(shape)
    this.keys = Object.keys(shape)
  }

  build(fields: z.output<z.ZodObject<Shape>>): string {
    const texts = new Map(Object.entries(z.encode(this.schema, fields)))
    const [first = '', ...others] = this.keys.flatMap((key, place) => {
      const text = texts.get(key)
      return text === undefined ? [] : [place === 0 ? String(text) : `${key}=${text}`]
    })
    return [this.folderOf(first) + first, ...others].join('~')
  }

  /** The beginning of all names with these first fields. */
  prefix(first: string, ...values: readonly string[]): string {
    const others = values.map((value, place) => `${this.keys[place + 1]}=${value}~`)
    return `${first}~${others.join('')}`
  }

  /** Returns undefined for a name of another form, and ignores fields of later versions. */
  parse(name: string): z.output<z.ZodObject<Shape>> | undefined {
    const [first, ...others] = name.slice(name.lastIndexOf('/') + 1).split('~')
    const texts = [[this.keys[0], first], ...others.map((text) => text.split('='))]
    return this.schema.safeParse(Object.fromEntries(texts)).data
  }
}

/** Greater than every SKU id: VTEX ids are integers up to 2^53-1. */
export const END = 2 ** 53

/** SKU ids, or pages of a source that is read by pages: `from` is included, `to` is not. */
export interface Range {
  from: number
  to: number
}

/** Counts by source. */
export type Zeroed = Readonly<Record<StockSource, number>>

const zeroed = z.codec(
  z.string().regex(/^-?\d+(\.-?\d+)*$/),
  z.object({ own: z.number(), centra: z.number(), sellers: z.number() }),
  {
    decode: (text) => {
      const [own = 0, centra = 0, sellers = 0] = text.split('.').map(Number)
      return { own, centra, sellers }
    },
    encode: (counts) => STOCK_SOURCES.map((source) => counts[source]).join('.'),
  }
)

/** Receipts, by day, then by version. The engine decides by their names alone: it reads none to know an export's state. */
export const receiptNames = new DocumentNames(
  {
    /** When reading began, UTC milliseconds; always greater than `readAfter`. */
    version: moment,
    exportId: word,
    source: z.enum(SOURCES),
    from: integer,
    to: integer,
    /** Version of the newest batch that was known when reading began; 0 without one. */
    readAfter: integer,
    /** Settings, plan and worklist that it was read with: see {@link basisOf}. */
    basis: word,
    uniqueId: word,
    worker: word,
    /** How many offers of each source it sets to 0 that were greater. */
    zeroed,
    /** How many more offers of each source are held after it; negative if it released some. Absent: none. */
    held: zeroed.optional(),
    /** How many SKUs, or rows, it read. */
    skus: integer.optional(),
    /** How many offers it has for the ledger, and the range of their SKU ids. */
    offers: integer,
    firstSku: integer,
    lastSku: integer,
    /** Nothing of it is published. */
    dry: flag,
    /**
     * `started` before the first file, `committed` after the last: a worker may have died in between, its files published
     * or not. `failed`: it was read, and Intershop reported an error when it imported it.
     */
    state: z.enum(['started', 'committed', 'failed']),
  },
  (version) => `${dayOf(Number(version))}/`
)

/** What the name of a receipt says. */
export type BatchReceipt = NonNullable<ReturnType<typeof receiptNames.parse>>

/** What is known of a batch when it was read: its ids or pages, its version, and what was known before. */
export type BatchId = Pick<
  BatchReceipt,
  'version' | 'exportId' | 'source' | 'from' | 'to' | 'readAfter' | 'basis' | 'uniqueId'
>

/** Times with the same first six of thirteen digits: 2.8 hours. */
const WINDOW_MS = 10_000_000

/** The beginnings of the names of all receipts in a period of hours or a few days. */
export function receiptPrefixes(from: number, to: number): string[] {
  const prefixes = new Set<string>()
  for (let first = from - (from % WINDOW_MS); first <= to; first += WINDOW_MS) {
    for (const at of [Math.max(first, from), Math.min(first + WINDOW_MS - 1, to)]) {
      prefixes.add(`${dayOf(at)}/${first / WINDOW_MS}`)
    }
  }
  return [...prefixes]
}

/** In the folder `plans`. */
export const planNames = new DocumentNames({
  exportId: word,
  /** Of the settings that the plan was made with. */
  settingsHash: word,
  startedAt: moment,
  uniqueId: word,
})

/** In the folder `worklists`: by export and plan, then by time. */
export const listingNames = new DocumentNames({
  exportId: word,
  plan: word,
  /** When the step began, UTC milliseconds. */
  at: moment,
  source: z.enum(SOURCES),
  /** Of a group of listed pages, from 0 on; absent for the worklist. */
  number: integer.optional(),
  /** Unique id of the group before; absent for the first. */
  after: word.optional(),
  uniqueId: word,
})

/** The name of a group of listed pages, or of a worklist. */
export type ListingName = NonNullable<ReturnType<typeof listingNames.parse>>

/** What batches of a source must share to complete each other: two plans or worklists may name different SKUs. */
export const basisOf = (
  settingsHash: string,
  plan: { uniqueId: string },
  list?: { uniqueId: string }
) => [settingsHash, plan.uniqueId, ...(list ? [list.uniqueId] : [])].join('.')

/** In the folder `attempts`. */
export const attemptNames = new DocumentNames({
  exportId: word,
  at: moment,
  uniqueId: word,
  /** Absent where all of the export failed. */
  source: z.enum(SOURCES).optional(),
  /** The error is permanent: the source is abandoned. */
  final: flag,
})

/** The name of a failed attempt: a step that failed. */
export type AttemptName = NonNullable<ReturnType<typeof attemptNames.parse>>

/** Name of a report in the folder `ended`: by the day on which the export was accepted, with which its id begins. */
export const endedPath = (exportId: string) => `${exportId.slice(0, 8)}/${exportId}`

/** The export of a name that {@link endedPath} built. */
export const exportIdIn = (path: string) => path.slice('YYYYMMDD/'.length)
