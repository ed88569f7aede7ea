import { SOURCES, type SourceName, STOCK_SOURCES, type StockSource } from '../sources/source'
import { dayOf } from './clock'

/** Past every SKU id: VTEX ids are integers up to 2^53-1. */
export const END = 2 ** 53

/** SKU ids, or the pages of a source that is read by pages, from `from` up to, not including, `to`. */
export interface Range {
  from: number
  to: number
}

/**
 * A part's name says all that the engine decides by, so that listings are enough to know where an
 * export stands: which ids or pages of which source it covers, what had been delivered when its reading
 * began, and when that was.
 */
export interface PartName extends Range {
  exportId: string
  source: SourceName
  /** Stamp of the newest delivery known when the reading began; 0 when there was none. */
  after: number
  /** When the reading began, UTC milliseconds; always greater than `after`. */
  stamp: number
  /** Settings, plan and list that it was read with. */
  basis: string
  nonce: string
}

/**
 * What a worker says of delivering a part. It says `begun` before the first file and `done` after the
 * last: in between it may have died, with or without a file left behind.
 */
export interface Delivery extends PartName {
  worker: string
  /** Offers of each source that it sets to 0 and that were more. */
  zeroed: Zeroed
  /** What it tells the ledger: how many offers, and between which SKU ids. */
  offers: number
  firstSku: number
  lastSku: number
  /** Nothing of it went to Intershop. */
  dry: boolean
  done: boolean
}

/** Counts by source. */
export type Zeroed = Readonly<Record<StockSource, number>>

const rangeText = ({ from, to }: Range) => `${from}-${to}`

/** Name in the folder `delivered`: by day, then by time. */
export const deliveryPath = (delivery: Delivery) =>
  `${dayOf(delivery.stamp)}/${delivery.stamp}~${delivery.exportId}~${delivery.source}` +
  `~${rangeText(delivery)}~${delivery.after}~${delivery.basis}~${delivery.nonce}~${delivery.worker}` +
  `~${delivery.dry ? 'dry' : ''}${STOCK_SOURCES.map((source) => delivery.zeroed[source]).join('.')}` +
  `~${delivery.offers}.${delivery.firstSku}-${delivery.lastSku}` +
  `~${delivery.done ? 'done' : 'begun'}`

const SOURCE = SOURCES.join('|')
const DELIVERY = new RegExp(
  `^\\d+/(\\d+)~([^/~]+)~(${SOURCE})~(\\d+)-(\\d+)~(\\d+)~([^/~]+)~([^/~]+)~([^/~]+)~(dry)?(\\d+)\\.(\\d+)\\.(\\d+)~(\\d+)\\.(\\d+)-(\\d+)~(begun|done)$`
)

/** Undefined for a name of another form. */
export function parseDeliveryPath(path: string): Delivery | undefined {
  const match = DELIVERY.exec(path)
  if (!match) return undefined
  const [, stamp, exportId = '', source, from, to, after, basis = '', nonce = ''] = match
  const [worker = '', dry, own, centra, sellers, offers, first, last, stage] = match.slice(-9)
  return {
    exportId,
    source: source as SourceName,
    from: Number(from),
    to: Number(to),
    after: Number(after),
    stamp: Number(stamp),
    basis,
    nonce,
    worker,
    zeroed: { own: Number(own), centra: Number(centra), sellers: Number(sellers) },
    offers: Number(offers),
    firstSku: Number(first),
    lastSku: Number(last),
    dry: dry !== undefined,
    done: stage === 'done',
  }
}

/** Name in the folder `plans`: a plan is for an export and for the settings it was made with. */
export const planPath = (
  fingerprint: string,
  { exportId, startedAt, nonce }: { exportId: string; startedAt: number; nonce: string }
) => `${exportId}~${fingerprint}~${startedAt}~${nonce}`

const PLAN = /^([^/~]+)~[^/~]+~(\d+)~[^/~]+$/

/** Whose plan it is, and when it was made, UTC milliseconds. Undefined for a name of another form. */
export function parsePlanPath(path: string): { exportId: string; at: number } | undefined {
  const [, exportId, at] = PLAN.exec(path) ?? []
  return exportId === undefined ? undefined : { exportId, at: Number(at) }
}

/** What was listed of the SKUs that a source is asked for: a group of pages, or the list of all. */
export interface ListingName {
  exportId: string
  /** Nonce of the plan. */
  plan: string
  source: SourceName
  /** When the step that saved it began, UTC milliseconds; later than that of each that was known then. */
  at: number
  /** How many groups come before this one; absent of the list of all. */
  number?: number | undefined
  /** Nonce of the group before; empty where there is none. */
  after: string
  nonce: string
}

/** Name in the folder `lists`: by export and plan, then by time. */
export const listingPath = ({ exportId, plan, source, at, number, after, nonce }: ListingName) =>
  `${exportId}~${plan}~${at}~${source}~${number ?? 'all'}~${after}~${nonce}`

const LISTING = new RegExp(`^([^/~]+)~([^/~]+)~(\\d+)~(${SOURCE})~(\\d+|all)~([^/~]*)~([^/~]+)$`)

/** Undefined for a name of another form. */
export function parseListingPath(path: string): ListingName | undefined {
  const [, exportId, plan = '', at, source, count, after = '', nonce = ''] =
    LISTING.exec(path) ?? []
  if (!exportId) return undefined
  const number = count === 'all' ? undefined : Number(count)
  return { exportId, plan, source: source as SourceName, at: Number(at), number, after, nonce }
}

/**
 * What parts of a source have in common that may be put together: the settings that they were read with, the
 * plan and the list, since two plans of the same export, or two lists, may name different SKUs.
 */
export const basisOf = (fingerprint: string, plan: { nonce: string }, list?: { nonce: string }) =>
  [fingerprint, plan.nonce, ...(list ? [list.nonce] : [])].join('.')

/** A step of an export that failed. */
export interface SetbackName {
  exportId: string
  /** UTC milliseconds. */
  at: number
  nonce: string
  /** Where the trouble is one source's. */
  source?: SourceName | undefined
  /** It will not pass: this source is given up. */
  final: boolean
}

/** Name in the folder `setbacks`. */
export const setbackPath = ({ exportId, at, nonce, source, final }: SetbackName) =>
  `${exportId}~${at}~${nonce}~${source ?? 'all'}~${final ? 'final' : 'again'}`

const SETBACK = new RegExp(`^([^/~]+)~(\\d+)~([^/~]+)~(all|${SOURCE})~(final|again)$`)

/** Undefined for a name of another form. */
export function parseSetbackPath(path: string): SetbackName | undefined {
  const [, exportId = '', at, nonce = '', source, stage] = SETBACK.exec(path) ?? []
  if (!exportId) return undefined
  const of = source === 'all' ? undefined : (source as SourceName)
  return { exportId, at: Number(at), nonce, source: of, final: stage === 'final' }
}

/** Name in the folder `ended`: by the day on which the export was accepted, which its id begins with. */
export const endedPath = (exportId: string) => `${exportId.slice(0, 8)}/${exportId}`
