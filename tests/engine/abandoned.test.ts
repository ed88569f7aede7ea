import { allEnded, expectAll, exported, installed, last, until } from './playing'
import type { World } from './world'

const NEVER = Number.POSITIVE_INFINITY

const named = (world: World, folder: 'receipts' | 'attempts', part: string) =>
  world.vbase.names(folder).some((name) => name.includes(part))

const refused = { status: 'failed', error: { code: 'upstream_refused' } }
const down = { status: 'failed', error: { message: expect.stringContaining('ten minutes') } }

describe('an export with all sources abandoned', () => {
  test('ends as failed if nothing could be read, with the error of each source', async () => {
    const world = await installed()
    world.shop.refuses = true
    world.centra.downUntil = NEVER
    world.sellers.downUntil = NEVER
    world.post('export')
    await until(world, () => allEnded(world))
    const report = last(world)
    expect([report?.status, report?.offers.processed]).toEqual(['failed', 0])
    expect(report?.sources).toMatchObject({ own: refused, centra: down, sellers: down })
    expect(world.vbase.names('checkpoints', 'watermark~')).toEqual([])
    expect(world.vbase.names('checkpoints', 'fullSync~')).toEqual([])
  })

  test('ends as completedWithErrors if something was sent', async () => {
    const world = await installed()
    world.post('export')
    await until(world, () => named(world, 'receipts', '~source=own~'))
    world.shop.refuses = true
    world.centra.refuses = true
    world.sellers.downUntil = NEVER
    await until(world, () => allEnded(world))
    const report = last(world)
    expect(report?.status).toBe('completedWithErrors')
    expect(report?.offers.sent).toBeGreaterThan(0)
    expect(report?.offers.failed).toBeGreaterThan(0)
    expect(report?.sources).toMatchObject({ own: refused, centra: refused, sellers: down })
  })
})

test('an export that failed over SFTP reports the errors of abandoned sources too', async () => {
  const world = await installed()
  world.centra.refuses = true
  world.post('export')
  await until(world, () => named(world, 'attempts', '~final=yes'))
  world.intershop.closedUntil = NEVER
  await until(world, () => allEnded(world))
  const report = last(world)
  expect([report?.status, report?.error?.code]).toEqual(['failed', 'sftp_down'])
  expect(report?.sources.centra).toMatchObject(refused)
  const statuses = Object.values(report?.sources ?? {}).map(({ status }) => status)
  expect(statuses).toContain('failed')
  expect(statuses).not.toContain('reading')
})

test('updates fail a refused SKU alone, and send it once it can be read', async () => {
  const world = await installed({ skus: 9 })
  await exported(world, 'export')
  const [refused = 0] = world.shop.skuIds
  world.shop.refused.add(refused)
  const failed = { skuId: refused, code: 'upstream_refused' }
  for (let turn = 0; turn < 3; turn++) {
    world.change(7)
    await until(world, () => !world.courier.hasNotifications)
    const update = await exported(world, 'update')
    expect(update).toMatchObject({ status: 'completedWithErrors', failures: [failed] })
    expect(update?.sources.own).toMatchObject({ status: 'complete' })
    const others = [...world.offers()].filter(([sku]) => sku !== String(refused))
    expect(others.map(([sku]) => [sku, world.intershop.imported.get(sku)])).toEqual(others)
  }
  expect(await exported(world, 'export')).toMatchObject({
    status: 'completedWithErrors',
    failures: [failed],
    offers: { failed: 1 },
  })
  world.shop.refused.clear()
  expect((await exported(world, 'update'))?.status).toBe('completed')
  expectAll(world)
})

test('an export sends what it read before VTEX refused a run of SKUs', async () => {
  // As many as a batch has at most here.
  const world = await installed({ skus: 60, seed: 5 })
  const refused = world.shop.skuIds.slice(20)
  for (const skuId of refused) world.shop.refused.add(skuId)
  const report = await exported(world, 'export')
  expect(report?.status).toBe('completedWithErrors')
  const sent = world.shop.skuIds.filter((skuId) => world.intershop.imported.has(String(skuId)))
  expect(sent).toEqual(world.shop.skuIds.slice(0, 20))
})
