import type { SftpFaults } from '../../sandbox/world/intershop/sftp/sftp-faults'
import { noSftpFaults } from '../../sandbox/world/intershop/sftp/sftp-faults'
import { App } from './support/app'
import { until } from './support/eventually'
import { deliveredFiles } from './support/files'

let app: App

beforeAll(async () => {
  app = await App.start({ skus: 300 })
})

afterAll(() => app.stop())

const restore = () => Object.assign(app.intershop.sftp.faults, noSftpFaults())

afterEach(restore)

async function expectWholeFilesOnly() {
  await app.intershop.idle()
  expect((await app.intershop.files()).error).toEqual([])
  // Reading them throws for half a file.
  expect((await deliveredFiles(app.intershop.folders.archive)).length).toBeGreaterThan(0)
  expect(await app.sandbox.compare()).toMatchObject({ differing: 0, missing: 0, surplus: 0 })
}

describe('POST /export', () => {
  it.each<[string, Partial<SftpFaults>]>([
    ['the disk is full', { diskFull: true }],
    ['connections are refused', { refuse: true }],
  ])('completes with whole files only after a while in which %s', async (_, faults) => {
    const { files } = app.intershop.importer.totals
    Object.assign(app.intershop.sftp.faults, faults)
    const id = await app.accepted()
    await until('a failed delivery', async () => {
      return (await app.platform.vbase.files('attempts', id)).length > 0
    })
    await app.intershop.idle()
    expect(app.intershop.importer.totals.files).toBe(files)
    expect((await app.report(id)).status).toBe('running')
    restore()
    const report = await app.ended(id)
    expect([report.status, report.offers.failed]).toEqual(['completed', 0])
    await expectWholeFilesOnly()
  })

  it('completes with whole files only though the connection is cut during uploads', async () => {
    Object.assign(app.intershop.sftp.faults, { cuts: 2, cutAfterBytes: 20_000 })
    const report = await app.ended(await app.accepted())
    expect([report.status, report.offers.failed]).toEqual(['completed', 0])
    expect(app.intershop.sftp.faults.cuts).toBe(0)
    await expectWholeFilesOnly()
  })

  it('completes with whole files only though the server is slow', async () => {
    app.intershop.sftp.faults.delay = 40
    expect((await app.ended(await app.accepted())).status).toBe('completed')
    await expectWholeFilesOnly()
  })
})

it('GET /exports/:exportId shows last error, attempts and next try while SFTP is down', async () => {
  app.intershop.sftp.faults.refuse = true
  const id = await app.accepted()
  const failures = async () => (await app.platform.vbase.files('attempts', id)).length
  await until('two failed deliveries', async () => (await failures()) >= 2)
  const [before, { status, lastError }, after] = [
    await failures(),
    await app.report(id),
    await failures(),
  ]
  expect([status, lastError?.code]).toEqual(['running', 'sftp_down'])
  expect(lastError?.message).toContain('sftpHost')
  expect(lastError?.attempts).toBeGreaterThanOrEqual(before)
  expect(lastError?.attempts).toBeLessThanOrEqual(after)
  const attempts = await app.platform.vbase.files('attempts', id)
  const [, failedAt] =
    /~at=(\d+)~/.exec(attempts.sort()[(lastError?.attempts ?? 0) - 1] ?? '') ?? []
  // One second, then twice as long each time.
  const wait = 1_000 * 2 ** ((lastError?.attempts ?? 0) - 1)
  expect(lastError?.nextTryAt).toBe(new Date(Number(failedAt) + wait).toISOString())
  expect((await app.reports())[0]?.lastError?.code).toBe('sftp_down')
  restore()
  const report = await app.ended(id)
  expect([report.status, report.lastError]).toEqual(['completed', undefined])
})

it('DELETE /exports/:exportId cancels an export while SFTP is down', async () => {
  app.intershop.sftp.faults.refuse = true
  const id = await app.accepted()
  await until('a failed delivery', async () => {
    return (await app.platform.vbase.files('attempts', id)).length > 0
  })
  expect((await app.send('DELETE', `exports/${id}`)).status).toBe(202)
  const report = await app.ended(id)
  expect([report.status, report.offers.sent]).toEqual(['cancelled', 0])
  const { sftpHost, sftpPort } = await app.platform.settings.read()
  expect(await app.log()).toMatch(
    new RegExp(
      `SFTP: connecting to ${sftpHost}:${sftpPort} failed \\(([A-Z_]+|the server closed it)\\)\\. Check sftpHost, sftpPort and the server.`
    )
  )
})
