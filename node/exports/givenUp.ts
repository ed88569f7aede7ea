import { type SourceName, type StockSource, stockSourceOf } from '../sources/source'
import type { Documents } from '../state/documents'
import { isGivenUp, type SourceState } from './next'
import type { Report } from './report'
import { lastSetback } from './setback'

/** Why a source was not read to its end. */
export interface Reason {
  source: SourceName
  error: { code: string; message: string }
}

/** Why each source was given up that was. @throws {StateError} */
export const reasonsOf = (
  documents: Documents,
  exportId: string,
  sources: readonly SourceState[]
): Promise<Reason[]> =>
  Promise.all(
    sources.filter(isGivenUp).map(async ({ source }) => ({
      source,
      error: await lastSetback(documents, exportId, true, source),
    }))
  )

/** A source that was not read to its end. */
export interface GivenUp extends Reason {
  /** Offers of it that were not read, as far as anybody can say; at least 1. */
  remaining: number
}

/** The report of an export, with the reason why a source was given up. */
export function withReason(report: Report, { source, error }: Reason): Report {
  const name = stockSourceOf(source)
  const own = report.sources[name]
  return own ? { ...report, sources: { ...report.sources, [name]: { ...own, error } } } : report
}

const NAMES: Record<StockSource, string> = {
  own: "the account's own stock",
  centra: 'Centra',
  sellers: 'the stock of other sellers',
}

/** The report of an export of which a source was given up: what it did not get to failed, nothing of it was sent. */
export function withGivenUp(report: Report, givenUp: GivenUp): Report {
  const { source, remaining } = givenUp
  const { processed, failed } = report.offers
  const note = `${NAMES[stockSourceOf(source)]} was not read to its end: at least ${remaining} offers stay as they were`
  return {
    ...withReason(report, givenUp),
    offers: { ...report.offers, processed: processed + remaining, failed: failed + remaining },
    notes: [...report.notes, note],
  }
}
