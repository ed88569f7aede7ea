import { z } from 'zod'
import { dayOf } from '../common/clock'
import { SOURCES, STOCK_SOURCES, type StockSource } from '../sources/source'
import { DocumentNames, flag, integer, moment, word } from './documentNames'

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
export const deliveryNames = new DocumentNames(
  {
    /** When the reading began, UTC milliseconds; always greater than `after`. */
    stamp: moment,
    exportId: word,
    source: z.enum(SOURCES),
    from: integer,
    to: integer,
    /** Stamp of the newest delivery known when the reading began; 0 when there was none. */
    after: integer,
    /** Settings, plan and list that it was read with. */
    basis: word,
    nonce: word,
    worker: word,
    /** Offers of each source that it sets to 0 and that were more. */
    zeroed,
    /** What it tells the ledger: of how many offers, between which SKU ids. */
    offers: integer,
    firstSku: integer,
    lastSku: integer,
    /** Nothing of it went to Intershop. */
    dry: flag,
    /** False before the first file, true after the last: in between the worker may have died, a file left behind or not. */
    done: flag,
  },
  (stamp) => `${dayOf(Number(stamp))}/`
)

/** What a worker says of delivering a part. */
export type Delivery = NonNullable<ReturnType<typeof deliveryNames.parse>>

/** Which ids or pages of which source a part covers, and what was known when its reading began. */
export type PartName = Omit<
  Delivery,
  'worker' | 'zeroed' | 'offers' | 'firstSku' | 'lastSku' | 'dry' | 'done'
>

export const deliveryPath = (delivery: Delivery): string => deliveryNames.build(delivery)

/** Moments whose names begin with the same six digits: 2.8 hours. */
const WINDOW_MS = 10_000_000

/** What the names of all deliveries from one moment to another, no days later, begin with. */
export function deliveryPrefixes(from: number, to: number): string[] {
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
  fingerprint: word,
  startedAt: moment,
  nonce: word,
})

export const planPath = (
  fingerprint: string,
  plan: { exportId: string; startedAt: number; nonce: string }
) => planNames.build({ ...plan, fingerprint })

/** In the folder `lists`: by export and plan, then by time. */
export const listingNames = new DocumentNames({
  exportId: word,
  plan: word,
  /** When it was listed, UTC milliseconds. */
  at: moment,
  source: z.enum(SOURCES),
  /** Of a group of pages, from 0 on; absent for the list of all. */
  number: integer.optional(),
  /** Nonce of the group that it goes on after; absent for the first. */
  after: word.optional(),
  nonce: word,
})

/** A group of pages that were listed, or the list of all SKUs. */
export type ListingName = NonNullable<ReturnType<typeof listingNames.parse>>

/**
 * What parts of a source have in common that may be put together: the settings that they were read with, the
 * plan and the list, since two plans of the same export, or two lists, may name different SKUs.
 */
export const basisOf = (fingerprint: string, plan: { nonce: string }, list?: { nonce: string }) =>
  [fingerprint, plan.nonce, ...(list ? [list.nonce] : [])].join('.')

/** In the folder `attempts`. */
export const setbackNames = new DocumentNames({
  exportId: word,
  at: moment,
  nonce: word,
  /** Where the trouble is one source's. */
  source: z.enum(SOURCES).optional(),
  /** It will not pass: this source is given up. */
  final: flag,
})

/** A step of an export that failed. */
export type SetbackName = NonNullable<ReturnType<typeof setbackNames.parse>>

/** Name in the folder `ended`: by the day on which the export was accepted, which its id begins with. */
export const endedPath = (exportId: string) => `${exportId.slice(0, 8)}/${exportId}`
