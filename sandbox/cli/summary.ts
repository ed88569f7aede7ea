import type { Comparison, Counts, Difference } from '../comparison/compare'
import type { Report } from './exports'
import { clock, number } from './progress'

/** The comparison as a table: a row for each source, and a total if there are several. */
export function comparisonTable(comparison: Comparison): string {
  const { sources, inIntershop, removed, surplus } = comparison
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
    ...(removed > 0
      ? [`  ${number(removed)} offers in Intershop belong to removed SKUs and are correctly 0.`]
      : []),
    ...(surplus > 0
      ? [`  ${number(surplus)} offers in Intershop can be bought but should not exist.`]
      : []),
  ]
  return [...table, ...notes, ...examples(comparison)].join('\n')
}

/** A source's offers in Intershop are those that match and those that differ. */
function row(
  name: string,
  { expected, matching, differing, missing }: Counts,
  inIntershop = matching + differing
): string[] {
  return [name, ...[expected, inIntershop, matching, differing, missing].map(number)]
}

/** The lines printed about an export's report. */
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

/** The errors of sources that were not read completely, and the export's own error if it is a different one. */
function errorsOf({ sources, error }: Report): string[] {
  const ofSources = Object.entries(sources).flatMap(([source, each]) =>
    each.error ? [{ ...each.error, source }] : []
  )
  const isPrinted = ofSources.some(({ message }) => message === error?.message)
  return [
    ...ofSources.map(({ source, code, message }) => `  ${source}: ${code}, ${message}`),
    ...(error && !isPrinted ? [`  ${error.code}: ${error.message}`] : []),
  ]
}

/** An offer's expected and actual quantity. */
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
