import { z } from 'zod'

import { SOURCES, type SourceName, STOCK_SOURCES, type StockSource } from '../sources/source'
import { dayOf, daysBetween } from './clock'
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
const deliveryNames = new DocumentNames(
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
    /** Nothing of it went to Intershop. */
    dry: flag,
    /** False before the first file, true after the last: in between the worker may have died, a file left behind or not. */
    done: flag,
  },
  (stamp) => `${dayOf(Number(stamp))}/`
)

/** What a worker says of delivering a part. */
export type Delivery = NonNullable<ReturnType<typeof parseDeliveryPath>>

/** Which ids or pages of which source a part covers, and what was known when its reading began. */
export type PartName = Omit<Delivery, 'worker' | 'zeroed' | 'dry' | 'done'>

/** Name in the folder `delivered`. */
export const deliveryPath = (delivery: Delivery): string => deliveryNames.build(delivery)

/** Undefined for a name of another form. */
export const parseDeliveryPath = (path: string) => deliveryNames.parse(path)

/** Moments whose names begin with the same six digits: 2.8 hours. */
const WINDOW_MS = 10_000_000
const MOST_WINDOWS = 3

/** What the names of all deliveries from one moment to another begin with: days, where windows are many. */
export function deliveryPrefixes(from: number, to: number): string[] {
  const windows = new Set<string>()
  for (let first = from - (from % WINDOW_MS); first <= to; first += WINDOW_MS) {
    const last = first + WINDOW_MS - 1
    for (const at of [Math.max(first, from), Math.min(last, to)]) {
      windows.add(`${dayOf(at)}/${first / WINDOW_MS}`)
    }
  }
  const isFew = windows.size <= MOST_WINDOWS
  return isFew ? [...windows] : daysBetween(from, to).map((day) => `${day}/`)
}

const planNames = new DocumentNames({
  exportId: word,
  /** Of the settings that it was made with. */
  fingerprint: word,
  startedAt: moment,
  nonce: word,
})

/** Name in the folder `plans`: a plan is for an export and for the settings it was made with. */
export const planPath = (
  fingerprint: string,
  plan: { exportId: string; startedAt: number; nonce: string }
) => planNames.build({ ...plan, fingerprint })

/** What the names of an export's plans begin with. */
export const plansOf = (exportId: string, fingerprint: string) =>
  planNames.prefix(exportId, fingerprint)

const listNames = new DocumentNames({
  exportId: word,
  plan: word,
  source: z.enum(SOURCES),
  nonce: word,
})

/** Name in the folder `lists`: a list belongs to a plan, and is of one source. */
export const listPath = (
  { exportId, nonce: plan }: { exportId: string; nonce: string },
  source: SourceName,
  nonce: string
) => listNames.build({ exportId, plan, source, nonce })

/** Undefined for a name of another form. */
export const parseListPath = (path: string) => listNames.parse(path)

/** What the names of a plan's lists begin with. */
export const listsOf = ({ exportId, nonce }: { exportId: string; nonce: string }) =>
  listNames.prefix(exportId, nonce)

/**
 * What parts of a source have in common that may be put together: the settings that they were read with, the
 * plan and the list, since two plans of the same export, or two lists, may name different SKUs.
 */
export const basisOf = (fingerprint: string, plan: { nonce: string }, list?: { nonce: string }) =>
  [fingerprint, plan.nonce, ...(list ? [list.nonce] : [])].join('.')

const setbackNames = new DocumentNames({
  exportId: word,
  at: moment,
  nonce: word,
  /** Where the trouble is one source's. */
  source: z.enum(SOURCES).optional(),
  /** It will not pass: this source is given up. */
  final: flag,
})

/** A step of an export that failed. */
export type SetbackName = NonNullable<ReturnType<typeof parseSetbackPath>>

/** Name in the folder `setbacks`. */
export const setbackPath = (name: SetbackName): string => setbackNames.build(name)

/** Undefined for a name of another form. */
export const parseSetbackPath = (path: string) => setbackNames.parse(path)

/** What the names of an export's failed steps begin with. */
export const setbacksOf = (exportId: string) => setbackNames.prefix(exportId)

/** Name in the folder `ended`: by the day on which the export was accepted, which its id begins with. */
export const endedPath = (exportId: string) => `${exportId.slice(0, 8)}/${exportId}`
