import { allEnded, expectAll, exported, installed, last, step, until } from './playing'
import type { World } from './world'

const MINUTE = 60_000
const world = () => installed({ delivery: 'icm-rest', mostSkus: 4 })
const imports = ({ vbase }: World) => vbase.names('imports')
const untilImport = (played: World) => until(played, () => played.icm.started > 0)
const committed = ({ vbase }: World, state = 'committed') =>
  vbase.names('receipts').filter((name) => name.endsWith(`state=${state}`))

/** Lets an accepted export end. */
async function ended(played: World) {
  await until(
    played,
    () => allEnded(played),
    (stuck) => stuck.wake()
  )
  played.icm.advance()
  return last(played)
}

describe('an export whose outcome is known later', () => {
  it('imports one batch at a time, and waits for imports that outlast its run', async () => {
    const played = await world()
    played.icm.nextTakes = 3 * MINUTE
    const report = await exported(played, 'export')
    expect(report?.status).toBe('completed')
    expectAll(played)
    expect([played.icm.started > 2, played.icm.mostAtOnce]).toEqual([true, 1])
    expect(played.vbase.names('attempts')).toEqual([])
    expect(imports(played)).toEqual([])
  })

  it('counts the offers of a failed import as failed, and an update sends them again', async () => {
    const played = await world()
    await exported(played, 'export')
    await exported(played, 'update')
    played.change(7)
    await until(played, () => !played.courier.hasNotifications)
    played.icm.failing = 1
    const report = await exported(played, 'update')
    expect(report?.status).toBe('completedWithErrors')
    expect(report?.offers).toMatchObject({ failed: report?.failures.length })
    expect(report?.failures[0]).toMatchObject({ code: 'icm_import' })
    expect(report?.failures[0]?.message).toContain('import.failed')
    expect(committed(played, 'failed')).toHaveLength(1)
    const again = await exported(played, 'update')
    expect(again?.status).toBe('completed')
    // Of the same import all is sent again, whether or not Intershop took it.
    expect(again?.offers.sent).toBe(report?.offers.failed)
    expectAll(played)
  })

  it('gives no change up while Intershop fails every import', async () => {
    const played = await installed({ delivery: 'icm-rest', mostSkus: 4, mostPosts: 20 })
    await exported(played, 'export')
    await exported(played, 'update')
    played.change(7)
    await until(played, () => !played.courier.hasNotifications)
    for (let time = 0; time < 12; time++) {
      played.icm.failing = 1
      const report = await exported(played, 'update')
      expect([report?.status, report?.manualAction]).toEqual(['completedWithErrors', undefined])
    }
    expect((await exported(played, 'update'))?.status).toBe('completed')
    expectAll(played)
  })

  it('asks for an import by its id after its worker died, and starts no other', async () => {
    const played = await world()
    played.icm.nextTakes = MINUTE
    played.post('export')
    await until(played, () => JSON.stringify(document(played)).includes('"importId"'))
    played.killWorkers()
    const first = imports(played)[0]
    await until(
      played,
      () => imports(played).length === 0,
      (stuck) => stuck.wake()
    )
    expect(committed(played)[0]).toBe(first?.replace('started', 'committed'))
    expect(played.icm.started).toBe(1)
    expect((await ended(played))?.status).toBe('completed')
    expectAll(played)
    expect(played.icm.mostAtOnce).toBe(1)
  })

  it('reads a batch again two minutes after its worker died without the id', async () => {
    const played = await world()
    played.icm.nextTakes = MINUTE
    played.trap('renamed', (actor) => played.kill(actor))
    played.post('export')
    await untilImport(played)
    const at = played.scheduler.now
    const first = imports(played)[0] ?? ''
    await until(
      played,
      () => played.icm.started > 1,
      (stuck) => stuck.wake()
    )
    expect(played.scheduler.now - at).toBeGreaterThanOrEqual(2 * MINUTE - 10_000)
    expect(committed(played)).not.toContain(first.replace('started', 'committed'))
    expect((await ended(played))?.status).toBe('completed')
    expectAll(played)
    expect(played.icm.mostAtOnce).toBe(1)
  })

  it.each(['lost', 'forgotten'])('reads a batch again whose import is %s', async (how) => {
    const played = await world()
    if (how === 'lost') played.icm.losing = 1
    else played.icm.nextTakes = 30_000
    played.post('export')
    await untilImport(played)
    if (how === 'forgotten') played.icm.forget()
    expect((await ended(played))?.status).toBe('completed')
    expectAll(played)
    expect(played.icm.mostAtOnce).toBe(1)
  })

  it('waits for a long import that ICM once does not know', async () => {
    const played = await world()
    played.icm.nextTakes = 4 * MINUTE
    played.post('export')
    await untilImport(played)
    const at = played.scheduler.now
    await until(
      played,
      () => played.scheduler.now - at > 3 * MINUTE,
      (stuck) => stuck.wake()
    )
    played.icm.denying = 1
    expect((await ended(played))?.status).toBe('completed')
    expectAll(played)
    expect([played.icm.denying, played.icm.mostAtOnce]).toEqual([0, 1])
  })

  it('gives an import up whose state cannot be read for half an hour', async () => {
    const played = await world()
    played.icm.broken.add('1')
    expect((await exported(played, 'export', { stuck: (stuck) => stuck.wake() }))?.status).toBe(
      'failed'
    )
    played.scheduler.now += 30 * MINUTE
    expect((await exported(played, 'export'))?.status).toBe('completed')
    expect(imports(played)).toEqual([])
    expectAll(played)
  })

  it('gives an import up that makes no progress for half an hour', async () => {
    const played = await world()
    played.icm.nextTakes = 1_000 * MINUTE
    played.post('export')
    await untilImport(played)
    const at = played.scheduler.now
    await until(
      played,
      () => imports(played).length === 0,
      (stuck) => stuck.wake()
    )
    expect(played.scheduler.now - at).toBeGreaterThanOrEqual(30 * MINUTE)
    const report = await ended(played)
    expect(report?.status).toBe('completedWithErrors')
    expect(report?.failures[0]?.message).toContain('no progress')
    expect(played.vbase.names('attempts')).toEqual([])
  })

  it('starts no import where another worker went on meanwhile', async () => {
    const played = await world()
    played.post('export')
    // It has uploaded and said so; then another takes the queue over.
    played.trap('save imports', (actor) => played.freeze(actor, 40_000))
    await until(played, () => imports(played).length > 0)
    played.wake()
    expect((await ended(played))?.status).toBe('completed')
    while (played.isAnybodyFrozen && (await step(played)));
    expectAll(played)
    expect(played.icm.mostAtOnce).toBe(1)
  })
})

const document = (played: World) => {
  const [name] = imports(played)
  return name === undefined ? null : played.vbase.document('imports', name)
}
