import { stampText } from '../exports/clock'

/**
 * What a document of changes tells of:
 * - `stock`: SKUs whose stock changed
 * - `modified`: SKUs that changed themselves too: activity, references
 * - `carried`: SKUs that an update is to read once more; no change was reported
 */
export type ChangeKind = 'stock' | 'modified' | 'carried'

const KINDS: readonly string[] = ['stock', 'modified', 'carried'] satisfies ChangeKind[]

/** Name of a group of pending changes: `at` is when it was saved or, of a carried one, when it is due. */
export interface PendingName {
  at: number
  nonce: string
  kind: ChangeKind
}

/** Name of a document of the change log: its changes were reported from `first` to `last`. */
export interface LogName {
  first: number
  last: number
  nonce: string
  kind: Exclude<ChangeKind, 'carried'>
}

export const pendingPath = ({ at, nonce, kind }: PendingName) => `${stampText(at)}~${nonce}~${kind}`

export const logPath = ({ first, last, nonce, kind }: LogName) =>
  `${stampText(last)}~${first}~${nonce}~${kind}`

/** Undefined for a name of another form. */
export function parsePendingPath(path: string): PendingName | undefined {
  const [stamp = '', nonce = '', kind = '', ...more] = path.split('~')
  const at = momentOf(stamp)
  if (at === undefined || !nonce || !isKind(kind) || more.length > 0) return undefined
  return { at, nonce, kind }
}

/** Undefined for a name of another form. */
export function parseLogPath(path: string): LogName | undefined {
  const [stamp = '', first = '', nonce = '', kind = '', ...more] = path.split('~')
  const last = momentOf(stamp)
  const isLog = last !== undefined && /^\d+$/.test(first) && nonce && more.length === 0
  if (!isLog || !isKind(kind) || kind === 'carried') return undefined
  return { first: Number(first), last, nonce, kind }
}

const isKind = (text: string): text is ChangeKind => KINDS.includes(text)

const STAMP = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})$/

/** The moment that `stampText` wrote, in UTC milliseconds. */
export function momentOf(stamp: string): number | undefined {
  const match = STAMP.exec(stamp)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, ms] = match
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`)
}

const MINUTE_MS = 60_000
/** Lengths of time, longest first, and how many characters the stamps of each have in common. */
const UNITS = [
  { ms: 24 * 60 * MINUTE_MS, characters: 'yyyymmdd'.length },
  { ms: 60 * MINUTE_MS, characters: 'yyyymmddThh'.length },
  { ms: 10 * MINUTE_MS, characters: 'yyyymmddThhm'.length },
  { ms: MINUTE_MS, characters: 'yyyymmddThhmm'.length },
] as const
const MOST_PIECES = 60

/**
 * Beginnings of names that together hold every stamp from one moment to another, and few besides: a listing
 * for each is a listing of that time. For thirty days as for five minutes they are a few dozen at most.
 */
export function stampPrefixes(from: number, to: number): string[] {
  // At the edges of a long stretch, minutes are not worth a listing of their own.
  const units = UNITS.filter(({ ms }, index) => index === 0 || ms * MOST_PIECES > to - from)
  const smallest = UNITS[units.length - 1] ?? UNITS[0]
  const end = to - (to % smallest.ms) + smallest.ms
  const prefixes: string[] = []
  for (let at = from - (from % smallest.ms); at < end; ) {
    const unit = units.find(({ ms }) => at % ms === 0 && at + ms <= end) ?? smallest
    prefixes.push(stampText(at).slice(0, unit.characters))
    at += unit.ms
  }
  return prefixes
}
