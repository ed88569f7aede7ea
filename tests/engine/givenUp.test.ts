import { allEnded, installed, last, until } from './playing'
import type { World } from './world'

const NEVER = Number.POSITIVE_INFINITY

const named = (world: World, folder: 'delivered' | 'setbacks', part: string) =>
  world.vbase.names(folder).some((name) => name.includes(part))

const refused = { status: 'failed', error: { code: 'upstream_refused' } }
const down = { status: 'failed', error: { message: expect.stringContaining('ten minutes') } }

describe('an export all of whose sources were given up', () => {
  test('has failed where nothing at all could be read, and says why of each', async () => {
    const world = await installed()
    world.shop.refuses = true
    world.centra.downUntil = NEVER
    world.sellers.downUntil = NEVER
    world.post('export')
    await until(world, () => allEnded(world))
    const report = last(world)
    expect([report?.status, report?.offers.processed]).toEqual(['failed', 0])
    expect(report?.sources).toMatchObject({ own: refused, centra: down, sellers: down })
    expect(world.vbase.names('watermarks')).toEqual([])
    expect(world.vbase.names('baseline')).toEqual([])
  })

  test('was completed with errors where something was sent', async () => {
    const world = await installed()
    world.post('export')
    await until(world, () => named(world, 'delivered', '~own~'))
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

test('an export that failed over its delivery says why its sources were given up, too', async () => {
  const world = await installed()
  world.centra.refuses = true
  world.post('export')
  await until(world, () => named(world, 'setbacks', '~final'))
  world.intershop.closedUntil = NEVER
  await until(world, () => allEnded(world))
  const report = last(world)
  expect([report?.status, report?.error?.code]).toEqual(['failed', 'sftp_down'])
  expect(report?.sources.centra).toMatchObject(refused)
  const statuses = Object.values(report?.sources ?? {}).map(({ status }) => status)
  expect(statuses).toContain('failed')
  expect(statuses).not.toContain('reading')
})
