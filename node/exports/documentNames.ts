import { z } from 'zod'
import { dayOf } from '../common/clock'
import { SOURCES, STOCK_SOURCES, type StockSource } from '../sources/source'

/** Parses a field's text, and writes it. */
type TextField = z.ZodType<unknown, string | undefined>

/** Text that cannot be taken for the end of its key, its field, or its folder. */
export const word = z.string().regex(/^[^/~=]+$/)

const number = (form: RegExp) =>
  z.codec(z.string().regex(form), z.number(), { decode: Number, encode: String })

export const integer = number(/^\d+$/)

/** UTC milliseconds, always thirteen digits: names that begin with them sort by time. */
export const moment = number(/^\d{13}$/)

export const flag = z.codec(z.enum(['yes', 'no']), z.boolean(), {
  decode: (text) => text === 'yes',
  encode: (is) => (is ? 'yes' : 'no'),
})

/**
 * The names of one kind of document: `first~key=value~key=value`, the fields in the order in which they are stated. The
 * first is written without its key, so that names sort by it and are listed by it. A field that is absent is left out.
 */
export class DocumentNames<Shape extends Record<string, TextField>> {
  private readonly schema: z.ZodObject<Shape>
  private readonly keys: string[]

  constructor(
    shape: Shape,
    /** What the names stand under, by their first field. */
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

  /** What the names begin with that have these first fields. */
  prefix(first: string, ...values: readonly string[]): string {
    const others = values.map((value, place) => `${this.keys[place + 1]}=${value}~`)
    return `${first}~${others.join('')}`
  }

  /** Undefined for a name of another form. A field of a later version is ignored. */
  parse(name: string): z.output<z.ZodObject<Shape>> | undefined {
    const [first, ...others] = name.slice(name.lastIndexOf('/') + 1).split('~')
    const texts = [[this.keys[0], first], ...others.map((text) => text.split('='))]
    return this.schema.safeParse(Object.fromEntries(texts)).data
  }
}

/** Past every SKU id: VTEX ids are integers up to 2^53-1. */
export const END = 2 ** 53

/** SKU ids, or the pages of a source that is read by pages, from `from` up to, not including, `to`. */
export interface Range {
  from: number
  to: number
}

/** Counts by source. */
export type Zeroed = Readonly<Record<StockSource, number>>

const zeroed = z.codec(
  z.string().regex(/^\d+(\.\d+)*$/),
  z.object({ own: z.number(), centra: z.number(), sellers: z.number() }),
  {
    decode: (text) => {
      const [own = 0, centra = 0, sellers = 0] = text.split('.').map(Number)
      return { own, centra, sellers }
    },
    encode: (counts) => STOCK_SOURCES.map((source) => counts[source]).join('.'),
  }
)

/**
 * A name in the folder `delivered` says all that the engine decides by, so that listings are enough to know where an
 * export stands. By day, then by time.
 */
export const receiptNames = new DocumentNames(
  {
    /** When the reading began, UTC milliseconds; always greater than `readAfter`. */
    version: moment,
    exportId: word,
    source: z.enum(SOURCES),
    from: integer,
    to: integer,
    /** Version of the newest batch known when the reading began; 0 when there was none. */
    readAfter: integer,
    /** Settings, plan and list that it was read with. */
    basis: word,
    uniqueId: word,
    worker: word,
    /** Offers of each source that it sets to 0 and that were more. */
    zeroed,
    /** What it tells the ledger: of how many offers, between which SKU ids. */
    offers: integer,
    firstSku: integer,
    lastSku: integer,
    /** Nothing of it went to Intershop. */
    dry: flag,
    /** `started` before the first file, `committed` after the last: a worker may have died in between, its files published or not. */
    state: z.enum(['started', 'committed']),
  },
  (version) => `${dayOf(Number(version))}/`
)

/** What a worker says of delivering a part. */
export type BatchReceipt = NonNullable<ReturnType<typeof receiptNames.parse>>

/** Which ids or pages of which source a part covers, and what was known when its reading began. */
export type BatchId = Omit<
  BatchReceipt,
  'worker' | 'zeroed' | 'offers' | 'firstSku' | 'lastSku' | 'dry' | 'state'
>

export const receiptPath = (delivery: BatchReceipt): string => receiptNames.build(delivery)

/** Moments whose names begin with the same six digits: 2.8 hours. */
const WINDOW_MS = 10_000_000

/** What the names of all deliveries from one moment to another, no days later, begin with. */
export function receiptPrefixes(from: number, to: number): string[] {
  const prefixes = new Set<string>()
  for (let first = from - (from % WINDOW_MS); first <= to; first += WINDOW_MS) {
    for (const at of [Math.max(first, from), Math.min(first + WINDOW_MS - 1, to)]) {
      prefixes.add(`${dayOf(at)}/${first / WINDOW_MS}`)
    }
  }
  return [...prefixes]
}

/** In the folder `plans`: a plan is for an export and for the settings it was made with. */
export const planNames = new DocumentNames({
  exportId: word,
  /** Of the settings that it was made with. */
  settingsHash: word,
  startedAt: moment,
  uniqueId: word,
})

export const planPath = (
  settingsHash: string,
  plan: { exportId: string; startedAt: number; uniqueId: string }
) => planNames.build({ ...plan, settingsHash })

/** In the folder `lists`: by export and plan, then by time. */
export const listingNames = new DocumentNames({
  exportId: word,
  plan: word,
  /** When it was listed, UTC milliseconds. */
  at: moment,
  source: z.enum(SOURCES),
  /** Of a group of pages, from 0 on; absent for the list of all. */
  number: integer.optional(),
  /** Unique id of the group that it goes on after; absent for the first. */
  after: word.optional(),
  uniqueId: word,
})

/** A group of pages that were listed, or the list of all SKUs. */
export type ListingName = NonNullable<ReturnType<typeof listingNames.parse>>

/**
 * What parts of a source have in common that may be put together: the settings that they were read with, the
 * plan and the list, since two plans of the same export, or two lists, may name different SKUs.
 */
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
  /** Where the trouble is one source's. */
  source: z.enum(SOURCES).optional(),
  /** It will not pass: this source is given up. */
  final: flag,
})

/** A step of an export that failed. */
export type AttemptName = NonNullable<ReturnType<typeof attemptNames.parse>>

/** Name in the folder `ended`: by the day on which the export was accepted, which its id begins with. */
export const endedPath = (exportId: string) => `${exportId.slice(0, 8)}/${exportId}`
