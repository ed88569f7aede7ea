import { stampText } from '../exports/clock'

/**
 * What a document of changes holds:
 * - `stock`: SKUs whose stock changed
 * - `modified`: some of its SKUs changed themselves too: activity, references
 */
export type ChangeKind = 'stock' | 'modified'

const KINDS: readonly string[] = ['stock', 'modified'] satisfies ChangeKind[]

/** Name of a document of changes, in `pending/` or `changes/`. Moments are UTC milliseconds. */
export interface ChangesName {
  /** Its changes were reported from `first` to `last`. */
  first: number
  last: number
  nonce: string
  /** How many SKUs it has. */
  count: number
  kind: ChangeKind
}

/** Sorts by `last`: a document is listed after those that were merged into it. */
export const changesPath = ({ first, last, nonce, count, kind }: ChangesName) =>
  `${stampText(last)}~${first}~${nonce}~${count}~${kind}`

/** Undefined for a name of another form. */
export function parseChangesPath(path: string): ChangesName | undefined {
  const [stamp = '', first = '', nonce = '', count = '', kind = '', ...more] = path.split('~')
  const last = momentOf(stamp)
  const areNumbers = [first, count].every((text) => /^\d+$/.test(text))
  if (last === undefined || !areNumbers || !nonce || more.length > 0) return undefined
  return isKind(kind)
    ? { first: Number(first), last, nonce, count: Number(count), kind }
    : undefined
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
