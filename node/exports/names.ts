import { dayOf } from './clock'

/** Past every SKU id: VTEX ids are integers up to 2^53-1. */
export const END = 2 ** 53

/** SKU ids from `from` up to, not including, `to`. */
export interface Range {
  from: number
  to: number
}

/**
 * A part's name says all that the engine decides by, so that listings are enough to know where an
 * export stands: which ids it covers, what had been delivered when its reading began, and when that was.
 */
export interface PartName extends Range {
  exportId: string
  /** Stamp of the newest delivery known when the reading began; 0 when there was none. */
  after: number
  /** When the reading began, UTC milliseconds; always greater than `after`. */
  stamp: number
  /** Settings and plan that it was read with. */
  basis: string
  nonce: string
}

/**
 * What a worker says of delivering a part. It says `begun` before the first file and `done` after the
 * last: in between it may have died, with or without a file left behind.
 */
export interface Delivery extends PartName {
  worker: string
  done: boolean
}

const rangeText = ({ from, to }: Range) => `${from}-${to}`

/** Name in the folder `parts`. */
export const partPath = (part: PartName) =>
  `${part.exportId}/${rangeText(part)}~${part.after}~${part.stamp}~${part.basis}~${part.nonce}`

/** Name in the folder `delivered`: by day, then by time. */
export const deliveryPath = (delivery: Delivery) =>
  `${dayOf(delivery.stamp)}/${delivery.stamp}~${delivery.exportId}~${rangeText(delivery)}` +
  `~${delivery.after}~${delivery.basis}~${delivery.nonce}~${delivery.worker}` +
  `~${delivery.done ? 'done' : 'begun'}`

const PART = /^([^/~]+)\/(\d+)-(\d+)~(\d+)~(\d+)~([^/~]+)~([^/~]+)$/
const DELIVERY = /^\d+\/(\d+)~([^/~]+)~(\d+)-(\d+)~(\d+)~([^/~]+)~([^/~]+)~([^/~]+)~(begun|done)$/

/** Undefined for a name of another form: another version's, which is not ours to judge. */
export function parsePartPath(path: string): PartName | undefined {
  const [, exportId = '', from, to, after, stamp, basis = '', nonce = ''] = PART.exec(path) ?? []
  if (!exportId) return undefined
  const [fromId, toId] = [Number(from), Number(to)]
  return {
    exportId,
    from: fromId,
    to: toId,
    after: Number(after),
    stamp: Number(stamp),
    basis,
    nonce,
  }
}

/** Undefined for a name of another form. */
export function parseDeliveryPath(path: string): Delivery | undefined {
  const match = DELIVERY.exec(path)
  if (!match) return undefined
  const [, stamp, exportId = '', from, to, after, basis = '', nonce = '', worker = '', stage] =
    match
  return {
    exportId,
    from: Number(from),
    to: Number(to),
    after: Number(after),
    stamp: Number(stamp),
    basis,
    nonce,
    worker,
    done: stage === 'done',
  }
}

/** Name in the folder `plans`: a plan is for an export and for the settings it was made with. */
export const planPath = (exportId: string, fingerprint: string, nonce: string) =>
  `${exportId}~${fingerprint}~${nonce}`

/**
 * What parts of an export have in common that may be put together: the settings that they were read with,
 * and the plan, since two plans of the same export may name different SKUs.
 */
export const basisOf = (fingerprint: string, plan: { nonce: string }) =>
  `${fingerprint}.${plan.nonce}`

/** Name in the folder `setbacks`. */
export const setbackPath = (exportId: string, at: number, nonce: string) =>
  `${exportId}~${at}~${nonce}`

/** Name in the folder `ended`: by the day on which the export was accepted, which its id begins with. */
export const endedPath = (exportId: string) => `${exportId.slice(0, 8)}/${exportId}`
