import type { Comparison } from '../comparison/compare'
import type { Report } from './exports'
import { comparisonTable, reportSummary } from './summary'

const own = {
  source: 'own stock',
  expected: 1834,
  matching: 1834,
  differing: 0,
  missing: 0,
} as const
const centra = { source: 'Centra', expected: 183, matching: 180, differing: 1, missing: 2 } as const

const comparison = (more: Partial<Comparison> = {}): Comparison => ({
  ...own,
  sources: [own],
  inIntershop: 1834,
  removed: 0,
  surplus: 0,
  examples: { differing: [], missing: [], surplus: [] },
  ...more,
})

it('comparisonTable prints one row for a single source', () => {
  expect(comparisonTable(comparison()).split('\n')).toEqual([
    '  source      expected   in Intershop   matching   differing   missing',
    '  ---------   --------   ------------   --------   ---------   -------',
    '  own stock      1,834          1,834      1,834           0         0',
  ])
})

it('comparisonTable prints a row per source, a total and the wrong offers', () => {
  const text = comparisonTable(
    comparison({
      ...{ expected: 2017, matching: 2014, differing: 1, missing: 2 },
      sources: [own, centra],
      inIntershop: 2025,
      removed: 7,
      surplus: 3,
      examples: {
        differing: [],
        missing: [{ source: 'Centra', skuId: 7, offerSku: 'REF-7_nordicshop', expected: 4 }],
        surplus: ['OLD'],
      },
    })
  )
  expect(text.split('\n').slice(2)).toEqual([
    '  own stock      1,834          1,834      1,834           0         0',
    '  Centra           183            181        180           1         2',
    '  all            2,017          2,025      2,014           1         2',
    '  7 offers in Intershop belong to removed SKUs and are correctly 0.',
    '  3 offers in Intershop can be bought but should not exist.',
    '  missing: SKU 7 as REF-7_nordicshop: expected 4, Intershop has nothing',
    '  surplus: OLD',
  ])
})

describe('reportSummary', () => {
  const refused = { code: 'upstream_refused', message: 'VTEX catalog: status 403' }
  const late = { code: 'settings_changed', message: 'late' }
  const report: Report = {
    exportId: 'e1',
    status: 'failed',
    notes: [],
    skus: { read: 0 },
    offers: { processed: 0, sent: 0, unchanged: 0, held: 0, filtered: 0, unmapped: 0, failed: 0 },
    sources: {
      own: { error: refused },
      centra: {},
      sellers: { error: { ...refused, message: 'b' } },
    },
    files: 0,
    failures: [],
    error: refused,
  }

  it('prints the error of each source once', () => {
    expect(reportSummary(report, 1).split('\n').slice(3)).toEqual([
      '  own: upstream_refused, VTEX catalog: status 403',
      '  sellers: upstream_refused, b',
    ])
  })

  it("prints the export's error if no source has it", () => {
    const text = reportSummary({ ...report, sources: {}, error: late }, 1)
    expect(text.split('\n').slice(3)).toEqual(['  settings_changed: late'])
  })
})
