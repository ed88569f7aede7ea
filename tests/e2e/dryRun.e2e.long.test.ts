import { CENTRA_SELLER } from '../../sandbox/world/centra/access'
import { App } from './support/app'
import { broughtBy, sellable, sold } from './support/changes'
import { cacheable, errorOf, statusesSeen } from './support/expectations'
import type { Report } from './support/report'
import { ROUTES } from './support/routes'

const SKUS = 50
const FLAGS = ['dryRun', 'force'] as const
/** What later exports go by. */
const STATE = ['pending', 'changes', 'checkpoints', 'hostkeys', 'ledger', 'generations']

const DRY = /^(dry run, as asked|publisher check: )/
const RECORDED = /^changeLogStart~/
const FIRST = /^first update/

let app: App
let ids: number[]

beforeAll(async () => {
  // Without sftpHostKey, the first delivery remembers the server's key.
  app = await App.start({ skus: SKUS, centra: true, settings: { sftpHostKey: '' } })
  ids = await sellable(app, 2)
})

afterAll(() => app.stop())

const state = async () =>
  (await Promise.all(STATE.map((folder) => app.platform.vbase.files(folder)))).flat()

/** An export, and how many offers its files brought. */
async function brought(path: string) {
  let report: Report | undefined
  const said = await broughtBy(app, async () => {
    report = await app.exported(path)
  })
  if (!report) throw new Error(`${path} has no report`)
  return { report, said: said.length }
}

/** The report of a dry run, which may leave nothing but, as the first export, since when changes are recorded. */
async function dryRunOf(route: string): Promise<Report> {
  await app.idle()
  const before = await state()
  const { report, said } = await brought(`${route}?dryRun=true`)
  expect([report.status, report.files, said]).toEqual(['completed', 0, 0])
  expect((await app.intershop.files()).inbox).toEqual([])
  expect(report.notes).toContainEqual(expect.stringMatching(DRY))
  expect(report.publisherCheck?.status).toBe('ok')
  expect(report.notes).toContainEqual(expect.stringMatching(/^publisher check: a file was written/))
  const isNoted = before.some((name) => RECORDED.test(name))
  const noted = isNoted ? [] : [expect.stringMatching(RECORDED)]
  expect(await state()).toEqual([...before, ...noted])
  return report
}

/** What a report counts. */
const counted = ({ offers, zeroed, skus, sources, unmapped }: Report) => ({
  ...{ offers, zeroed, skus, sources },
  unmapped: unmapped.length,
})

/** A dry run, and then what it was to show. */
async function dryThenReal(route: string) {
  const dry = await dryRunOf(route)
  const real = await brought(route)
  expect(counted(dry)).toEqual(counted(real.report))
  expect(real.said).toBe(dry.offers.sent)
  return { dry, real: real.report }
}

describe('POST ?dryRun=true', () => {
  it('shows what the first update will send, and leaves it the first', async () => {
    const { dry, real } = await dryThenReal('update')
    expect(dry.skus.planned).toBe(SKUS)
    for (const { notes } of [dry, real]) expect(notes).toContainEqual(expect.stringMatching(FIRST))
  })

  it('leaves changes to the next update', async () => {
    await sold(app, ids)
    const { dry } = await dryThenReal('update')
    expect(dry.skus.planned).toBe(ids.length)
    expect((await app.exported('update')).skus.planned).toBe(0)
  })

  it.each([...ROUTES, `export/seller/${CENTRA_SELLER}`])(
    'delivers nothing with %s, and counts what the export then sends',
    async (route) => {
      await sold(app, ids)
      const { dry, real } = await dryThenReal(route)
      expect(dry.offers.sent).toBeGreaterThan(0)
      expect(real.notes).toEqual(dry.notes.filter((note) => !DRY.test(note)))
    }
  )

  it('does not make the next update a first one if its settings differ', async () => {
    await app.exported('update')
    await app.configure({ safetyStock: 1 })
    await dryRunOf('export')
    await app.configure({})
    const { notes, skus } = await app.exported('update')
    expect([notes, skus.planned]).toEqual([[], 0])
  })
})

it('POST /export?dryRun=true completes though nothing could be published, and says why', async () => {
  app.intershop.sftp.faults.readOnly = true
  const { report, said } = await brought('export?dryRun=true')
  app.intershop.sftp.faults.readOnly = false
  expect([report.status, said, report.publisherCheck?.status]).toEqual(['completed', 0, 'failed'])
  expect(report.publisherCheck?.code).toBe('sftp_path')
  expect(report.notes).toContainEqual(
    expect.stringMatching(/^publisher check failed.*sftpDirectory/)
  )
  expect((await app.intershop.files()).inbox).toEqual([])
})

it('POST /export?dryRun=false&force=false sends what POST /export sends', async () => {
  const { report, said } = await brought('export?dryRun=false&force=false')
  expect([report.notes, report.offers.sent]).toEqual([[], said])
})

it('POST /export?force=true adds a note and sends what an export sends', async () => {
  const { report, said } = await brought('export?force=true')
  expect(report.notes).toEqual([expect.stringMatching(/^force/)])
  expect([report.status, said]).toEqual(['completed', report.offers.sent])
  expect((await dryRunOf('export')).offers).toEqual(report.offers)
})

it('POST /export merges queued exports only with equal dryRun and force', async () => {
  const manners = ['', '?dryRun=true', '?force=true', '?force=true&dryRun=true']
  const all: string[] = []
  // Nobody is at work who would begin before all have been accepted.
  await app.idle()
  app.platform.courier.behaviour.lost = 1
  for (const path of [...manners, ...manners]) all.push(await app.accepted(`export${path}`))
  app.platform.courier.behaviour.lost = 0
  const said = await broughtBy(app, async () => {
    await app.exported('export/start/1')
    await Promise.all(all.map((id) => app.ended(id)))
  })
  const reports = await Promise.all(all.map((id) => app.report(id)))
  const [first = [], second = []] = [reports.slice(0, 4), reports.slice(4)]
  expect(first.map(({ coveredBy }) => coveredBy)).toEqual(Array(4).fill(undefined))
  expect(second.map(({ coveredBy }) => coveredBy)).toEqual(all.slice(0, 4))
  expect(first.map(({ files }) => files > 0)).toEqual([true, false, true, false])
  const [sent = 0] = first.map(({ offers }) => offers.sent)
  // Of the export, the forced one, and the one that went last.
  expect(said.length).toBe(3 * sent)
})

describe.each(ROUTES)('POST %s', (route) => {
  it.each(FLAGS)('responds 400 to %s neither true nor false, or given twice', async (flag) => {
    const before = (await app.reports()).map(({ exportId }) => exportId)
    const values = ['', '=', '=1', '=yes', '=TRUE', '=true%20', '=%00', `=true&${flag}=true`]
    for (const value of values) {
      const answer = await app.post(`${route}?${flag}${value}`)
      expect([value, answer.status, errorOf(answer)]).toEqual([
        value,
        400,
        { code: `invalid_${flag}`, message: `${flag}: expected true or false, once` },
      ])
    }
    expect((await app.reports()).map(({ exportId }) => exportId)).toEqual(before)
  })

  it('checks method and token before the query', async () => {
    expect((await app.send('GET', `${route}?dryRun=no`)).status).toBe(405)
    const answer = await app.post(`${route}?dryRun=no`, { token: 'wrong' })
    expect([answer.status, answer.body.length]).toEqual([401, 0])
  })
})

it('POST routes check the path before the query, and the query before the seller list', async () => {
  const codes = [
    await app.post('export/start/abc?dryRun=no'),
    await app.post('export/seller/abc?dryRun=no'),
  ].map((answer) => errorOf(answer).code)
  expect(codes).toEqual(['invalid_startId', 'invalid_dryRun'])
})

it('all responses forbid caching', () => {
  expect(statusesSeen(app)).toEqual([200, 400, 401, 405])
  expect(cacheable(app)).toEqual([])
})
