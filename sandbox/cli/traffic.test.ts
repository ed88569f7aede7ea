import type { Report } from './exports'
import { freshnessLines } from './traffic'

const REPORT = { status: 'completed', skus: { read: 1200 } } as Report
const difference = (skuId: number) => ({
  source: 'own stock' as const,
  skuId,
  offerSku: `S${skuId}`,
  expected: 3,
})

it('updateSummary prints how many offers differ, and why', () => {
  const fresh = { differing: 5, changedSince: 5, unheard: 0, stale: [] }
  expect(freshnessLines(REPORT, 3.14, fresh)).toBe(
    'completed after 3.1 s · 1,200 SKUs read · 5 offers differ: 5 changed since it began, 0 should not'
  )
  expect(freshnessLines(REPORT, 3, { ...fresh, differing: 7, unheard: 2 })).toContain(
    '7 offers differ: 5 changed since it began, of 2 the app could not know, 0 should not'
  )
})

it('updateSummary lists offers that differ unexpectedly', () => {
  const stale = [1, 2, 3, 4, 5, 6, 7].map(difference)
  const text = freshnessLines(REPORT, 3, { differing: 7, changedSince: 0, unheard: 0, stale })
  expect(text.split('\n')).toEqual([
    expect.stringMatching(/7 should not$/),
    ...[1, 2, 3, 4, 5].map(
      (id) => `  stale: SKU ${id} as S${id}: expected 3, Intershop has nothing`
    ),
    '  and 2 more',
  ])
})
