import { Company } from '../world/centra/company'
import type { Row } from '../world/centra/row'
import { Account } from '../world/commerce/account'
import { startTraffic, type Traffic } from './traffic'

const MINUTE = 60_000
let traffic: Traffic

beforeEach(() => jest.useFakeTimers())
afterEach(() => {
  traffic.stop()
  jest.useRealTimers()
})

function changesOf(perSecond: number, ms: number, seed?: number): string[] {
  // Without components: a sold kit sends a notification for each one.
  const commerce = new Account('sandbox', 500, 1, undefined, false)
  const changes: string[] = []
  commerce.onChange(({ skuId, stockModified }) => changes.push(`${skuId} ${stockModified}`))
  traffic = startTraffic({ commerce }, perSecond, seed)
  jest.advanceTimersByTime(ms)
  return changes
}

it.each([20, 0.5])('startTraffic changes stock %d times a second', (perSecond) => {
  expect(changesOf(perSecond, MINUTE)).toHaveLength(60 * perSecond)
  expect(traffic.counts.sales + traffic.counts.restocks).toBe(60 * perSecond)
})

it('sells and restocks random SKUs, the same ones for the same seed', () => {
  const changes = changesOf(50, MINUTE)
  const { sales, restocks } = traffic.counts
  expect(sales).toBeGreaterThan(restocks)
  expect(restocks).toBeGreaterThan(0)
  expect(new Set(changes).size).toBeGreaterThan(490)
  expect(changes.every((change) => change.endsWith('true'))).toBe(true)
  traffic.stop()
  expect(changesOf(50, MINUTE)).toEqual(changes)
  traffic.stop()
  expect(changesOf(50, MINUTE, 2)).not.toEqual(changes)
})

it('startTraffic sells and restocks kits by their components', () => {
  const commerce = new Account('sandbox', 2, 1)
  const [kit = 0, part = 0] = commerce.catalog.ids()
  commerce.setComponents(kit, [{ skuId: part, quantity: 3 }])
  const before = commerce.balances(part)
  const notified = new Set<number>()
  commerce.onChange(({ skuId }) => notified.add(skuId))
  traffic = startTraffic({ commerce }, 20)
  jest.advanceTimersByTime(MINUTE)
  expect(traffic.counts.sales).toBeGreaterThan(0)
  expect(traffic.counts.restocks).toBeGreaterThan(0)
  expect([...notified]).toEqual([part])
  expect(commerce.balances(part)).not.toEqual(before)
})

it('sells and restocks Centra rows if Centra is simulated', () => {
  const commerce = new Account('sandbox', 500, 1)
  const centra = new Company(commerce.catalog)
  traffic = startTraffic({ commerce, centra }, 20)
  jest.advanceTimersByTime(MINUTE)
  const changed = centra.changedNumbers().map((number) => centra.rowAt(number))
  const was = ({ number }: Row) => centra.seeded.row(number)
  expect(changed.some((row) => row.allocated > was(row).allocated)).toBe(true)
  expect(changed.some((row) => row.physical > was(row).physical)).toBe(true)
  expect(traffic.counts.sales + traffic.counts.restocks).toBe(20 * 60)
})

it('startTraffic changes nothing once it is stopped', () => {
  const changes = changesOf(20, MINUTE)
  traffic.stop()
  const before = changes.length
  jest.advanceTimersByTime(MINUTE)
  expect(changes).toHaveLength(before)
})
