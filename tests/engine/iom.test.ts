import { expectAll, exported, installed } from './playing'

describe('an export for IOM, whose files are named by the second', () => {
  it('gives each batch a second of its own, and waits for it', async () => {
    const world = await installed({ delivery: 'iom-sftp', mostSkus: 1, stepMs: 3 })
    const report = await exported(world, 'export')
    expect(report?.status).toBe('completed')
    expectAll(world)
    const seconds = world.intershop.published.map((name) => /_(\d{14})_BCG\.csv$/.exec(name)?.[1])
    // Two suppliers share a batch at most, and so a second.
    expect(world.intershop.published).toHaveLength(new Set(world.intershop.published).size)
    expect(seconds).toEqual([...seconds].sort())
    expect(seconds.length).toBeGreaterThan(9)
    expect(world.intershop.refused).toBe(0)
  })
})
