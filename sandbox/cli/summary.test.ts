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
  gone: 0,
  surplus: 0,
  examples: { differing: [], missing: [], surplus: [] },
  ...more,
})

it('shows a row for the only source', () => {
  expect(comparisonTable(comparison()).split('\n')).toEqual([
    '  source      expected   in Intershop   matching   differing   missing',
    '  ---------   --------   ------------   --------   ---------   -------',
    '  own stock      1,834          1,834      1,834           0         0',
  ])
})

it('shows a row for each source, one for all, and what is wrong', () => {
  const text = comparisonTable(
    comparison({
      ...{ expected: 2017, matching: 2014, differing: 1, missing: 2 },
      sources: [own, centra],
      inIntershop: 2025,
      gone: 7,
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
    '  7 offers in Intershop are of names that are gone, and 0 as they must be.',
    '  3 offers in Intershop can be bought, and none must be there.',
    '  missing: SKU 7 as REF-7_nordicshop: expected 4, Intershop has nothing',
    '  surplus: OLD',
  ])
})

describe("an export's own words", () => {
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

  it('name the error of each source once', () => {
    expect(reportSummary(report, 1).split('\n').slice(3)).toEqual([
      '  own: upstream_refused, VTEX catalog: status 403',
      '  sellers: upstream_refused, b',
    ])
  })

  it("name the export's error too where no source has it", () => {
    const text = reportSummary({ ...report, sources: {}, error: late }, 1)
    expect(text.split('\n').slice(3)).toEqual(['  settings_changed: late'])
  })
})
