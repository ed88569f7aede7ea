import type { z } from 'zod'
import { exportList, exportReport } from '../../../node/exports/exportAnswers'

// Every answer is checked against docs/openapi.yaml, which is generated from these schemas and allows no other field.

export type Report = z.infer<typeof exportReport>

/** The answer of `GET /exports/:exportId`. */
export const parseReport = (answered: unknown): Report => exportReport.parse(answered)

/** The answer of `GET /exports`. */
export const parseReports = (answered: unknown) => exportList.parse(answered)

/** Whether nothing of this export will change any more. */
export const hasEnded = ({ status }: Pick<Report, 'status'>) =>
  !['queued', 'running', 'cancelling'].includes(status)

/** The sum that `offers.processed` must be. */
export function sumOfOffers({ offers }: Report): number {
  const { processed: _sum, ...parts } = offers
  return Object.values(parts).reduce((sum, part) => sum + part, 0)
}
