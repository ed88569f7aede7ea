import type { Report } from './exports'
import { updateSummary } from './traffic'

const REPORT = { status: 'completed', skus: { read: 1200 } } as Report
const difference = (skuId: number) => ({
  source: 'own stock' as const,
  skuId,
  offerSku: `S${skuId}`,
  expected: 3,
})

it('updateSummary prints how many offers differ, and why', () => {
  const fresh = { differing: 5, changedSince: 5, unknownToApp: 0, stale: [] }
  expect(updateSummary(REPORT, 3.14, fresh)).toBe(
    'completed after 3.1 s · 1,200 SKUs read · 5 offers differ: 5 changed during the update, 0 unexpected'
  )
  expect(updateSummary(REPORT, 3, { ...fresh, differing: 7, unknownToApp: 2 })).toContain(
    '7 offers differ: 5 changed during the update, 2 with notifications lost or late, 0 unexpected'
  )
})

it('updateSummary lists offers that differ unexpectedly', () => {
  const stale = [1, 2, 3, 4, 5, 6, 7].map(difference)
  const text = updateSummary(REPORT, 3, { differing: 7, changedSince: 0, unknownToApp: 0, stale })
  expect(text.split('\n')).toEqual([
    expect.stringMatching(/7 unexpected$/),
    ...[1, 2, 3, 4, 5].map(
      (id) => `  stale: SKU ${id} as S${id}: expected 3, Intershop has nothing`
    ),
    '  and 2 more',
  ])
})
