import type { Comparison, Counts, Difference } from '../comparison/compare'
import type { Report } from './exports'
import { clock, number } from './progress'

/** The comparison as a table: a row for each source of offers, and where they are several, one for all. */
export function comparisonTable(comparison: Comparison): string {
  const { sources, inIntershop, gone, surplus } = comparison
  const head = ['source', 'expected', 'in Intershop', 'matching', 'differing', 'missing']
  const rows = [head, ...sources.map((each) => row(each.source, each))]
  if (sources.length > 1) rows.push(row('all', comparison, inIntershop))
  const widths = head.map((_, column) => Math.max(...rows.map((r) => r[column]?.length ?? 0)))
  const lines = rows.map((cells) =>
    cells.map((cell, c) => (c === 0 ? cell.padEnd : cell.padStart).call(cell, widths[c] ?? 0))
  )
  const table = lines.map((cells) => `  ${cells.join('   ')}`)
  table.splice(1, 0, `  ${widths.map((width) => '-'.repeat(width)).join('   ')}`)
  const notes = [
    ...(gone > 0
      ? [`  ${number(gone)} offers in Intershop are of names that are gone, and 0 as they must be.`]
      : []),
    ...(surplus > 0
      ? [`  ${number(surplus)} offers in Intershop can be bought, and none must be there.`]
      : []),
  ]
  return [...table, ...notes, ...examples(comparison)].join('\n')
}

/** Of a source's offers those are in Intershop that match and those that differ. */
function row(
  name: string,
  { expected, matching, differing, missing }: Counts,
  inIntershop = matching + differing
): string[] {
  return [name, ...[expected, inIntershop, matching, differing, missing].map(number)]
}

/** What the export says of itself. */
export function reportSummary(report: Report, seconds: number): string {
  const { offers, skus } = report
  const counts = Object.entries(offers)
    .filter(([name, count]) => name === 'processed' || name === 'sent' || count > 0)
    .map(([name, count]) => `${number(count)} ${name}`)
  const lines = [
    `Export ${report.exportId}: ${report.status} after ${clock(seconds)}`,
    `  SKUs: ${number(skus.read)} read, ${number(skus.remaining ?? 0)} remaining`,
    `  offers: ${counts.join(', ')}; ${number(report.files)} files`,
    ...report.notes.map((note) => `  note: ${note}`),
    ...report.failures
      .slice(0, 5)
      .map(
        (f) =>
          `  ${f.skuId === undefined ? `row ${f.rowId}` : `SKU ${f.skuId}`}: ${f.code}, ${f.message}`
      ),
  ]
  return [...lines, ...errorsOf(report)].join('\n')
}

/** Why sources were not read to their end, and the export's own error where it is another one. */
function errorsOf({ sources, error }: Report): string[] {
  const ofSources = Object.entries(sources).flatMap(([source, each]) =>
    each.error ? [{ ...each.error, source }] : []
  )
  const isTold = ofSources.some(({ message }) => message === error?.message)
  return [
    ...ofSources.map(({ source, code, message }) => `  ${source}: ${code}, ${message}`),
    ...(error && !isTold ? [`  ${error.code}: ${error.message}`] : []),
  ]
}

/** What an offer must be, and what it is. */
export function offerText({ skuId, offerSku, expected, actual }: Difference): string {
  const held = actual ? (actual.quantity ?? 'no quantity') : 'nothing'
  return `SKU ${skuId} as ${offerSku}: expected ${expected}, Intershop has ${held}`
}

function examples({ examples: { differing, missing, surplus } }: Comparison): string[] {
  return [
    ...differing.map((each) => `  differs: ${offerText(each)}`),
    ...missing.map((each) => `  missing: ${offerText(each)}`),
    ...surplus.map((sku) => `  surplus: ${sku}`),
  ]
}
