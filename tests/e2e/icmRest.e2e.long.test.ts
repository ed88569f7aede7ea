import { ICM_HOST, ICM_PASSWORD, ICM_USER } from '../../sandbox/world/intershop/rest/access'
import { DEFAULT_BEHAVIOUR } from '../../sandbox/world/intershop/rest/behaviour'
import { App } from './support/app'
import { untilTold } from './support/changes'
import { until } from './support/eventually'

const NEVER = 10_000_000
const WAIT = { atMost: 100_000, every: 200 }
jest.setTimeout(150_000)

let app: App

beforeAll(async () => {
  app = await App.start({ skus: 60, delivery: 'icm-rest', replicas: 1, standby: true })
})

afterEach(() => {
  app.platform.faults.clear()
  Object.assign(app.intershop.rest.behaviour, DEFAULT_BEHAVIOUR)
})
afterAll(() => app.stop())

const rest = () => app.intershop.rest
const documents = () => app.platform.vbase.files('imports')
const expectRight = async () => {
  await app.intershop.idle()
  expect(await app.sandbox.compare()).toMatchObject({ differing: 0, missing: 0, surplus: 0 })
}

/** Resolves when an import runs and its id is saved. */
const untilRunning = () =>
  until('an import with its id', async () => {
    const written = await app.written()
    return written.some(
      ({ path, text }) => path.includes('/vbase/imports/') && text.includes('"importId"')
    )
  })

describe('an export to ICM over REST', () => {
  it('delivers all offers, and removes its uploads', async () => {
    const report = await app.exported()
    expect(report.status).toBe('completed')
    expect(report.files).toBe(rest().batches.counts.imports)
    await expectRight()
    expect(rest().batches.uploaded).toEqual([])
    expect(rest().batches.counts.removedUploads).toBe(report.files)
    expect(await documents()).toEqual([])
  })

  it('can send the parameters of an import as a list', async () => {
    rest().behaviour.style = 'attributes'
    expect((await app.exported()).error?.code).toBe('icm_refused')
    await app.configure({ icmParameterStyle: 'attributes' })
    const id = app.commerce.addSku()
    expect((await app.exported()).status).toBe('completed')
    expect(app.intershop.inventory.get(`REF-${id}`)).toBeDefined()
    rest().behaviour.style = 'flat'
    await app.configure({ icmParameterStyle: 'flat' })
  })

  it('uses one token until it expires, and gets another after a 401', async () => {
    await app.exported()
    const { issued } = rest().tokens
    await app.exported()
    expect(rest().tokens.issued).toBe(issued)
    rest().tokens.revokeAll()
    expect((await app.exported()).status).toBe('completed')
    expect(rest().tokens.issued).toBe(issued + 1)
    await app.live(DEFAULT_BEHAVIOUR.tokenMs)
    expect((await app.exported()).status).toBe('completed')
    expect(rest().tokens.issued).toBe(issued + 2)
  })

  it('counts offers as failed with the code of ICM where an import has errors, and sends them again', async () => {
    // The first update sends all.
    await app.exported('update')
    const id = app.commerce.addSku()
    await untilTold(app)
    rest().behaviour.failing = [`REF-${id}`]
    const report = await app.exported('update')
    expect(report.status).toBe('completedWithErrors')
    expect(report.offers).toMatchObject({ sent: 0, failed: report.failures.length })
    expect(report.failures).toContainEqual({
      ...{ skuId: id, sellerId: '1', code: 'icm_import' },
      message: 'Intershop did not import it: catalog.import.offer.invalid',
    })
    rest().behaviour.failing = []
    const again = await app.exported('update')
    expect(again.status).toBe('completed')
    expect(again.offers.sent).toBeGreaterThan(0)
    await expectRight()
  })

  it('waits for an import over several runs, and asks for it by id after a worker died', async () => {
    rest().behaviour.importMs = NEVER
    const { imports } = rest().batches.counts
    const exportId = await app.accepted()
    await untilRunning()
    const [document] = await documents()
    app.platform.replicas.killAll()
    await app.platform.replicas.allUp()
    const asked = () => app.platform.requests.of(ICM_HOST).total
    const before = asked()
    await until('an import to be asked for', async () => asked() > before + 3)
    // Much later it is the same import, and no attempt has failed.
    expect(rest().batches.counts.imports).toBe(imports + 1)
    expect(await app.platform.vbase.files('attempts', exportId)).toEqual([])
    rest().behaviour.importMs = 0
    const report = await app.ended(exportId, WAIT)
    expect([report.status, report.offers.failed]).toEqual(['completed', 0])
    const receipts = await app.platform.vbase.files('receipts')
    expect(receipts).toContain(document?.replace('state=started', 'state=committed'))
    expect(await documents()).toEqual([])
    await expectRight()
  })

  it('tries again while ICM runs another import', async () => {
    const busy = '{"code":"import.running"}'
    const path = 'productimports$'
    const rule = { upstream: ICM_HOST, path, method: 'POST', kind: 'status', status: 409 } as const
    app.platform.faults.add({ ...rule, body: busy, times: 2 })
    expect((await app.exported()).status).toBe('completed')
    expect(await app.platform.vbase.files('attempts')).not.toEqual([])
    await expectRight()
  })
})

describe('an export with a wrong setting for ICM', () => {
  it('fails at once where no policy names the host of icmUrl', async () => {
    await app.configure({ icmUrl: 'https://shop.example.com' })
    const report = await app.exported()
    expect([report.status, report.error?.code]).toEqual(['failed', 'settings_invalid'])
    expect(report.error?.message).toContain(
      "icmUrl: VTEX does not let the app reach this host: add the host to manifest.json's policies and release your own version (docs/icm-rest.md)"
    )
    await app.configure({})
  })

  it('fails at once where ICM does not accept the credentials, and names none', async () => {
    await app.configure({ icmPassword: 'wr0ng-passw0rd' })
    const report = await app.exported()
    expect([report.status, report.error?.code]).toEqual(['failed', 'icm_refused'])
    expect(report.error?.message).toContain('status 401')
    await app.configure({})
    const written = (await app.written()).filter(({ path }) => !path.includes('settings'))
    const basic = Buffer.from(`${ICM_USER}:${ICM_PASSWORD}`).toString('base64')
    for (const { path, text } of [...written, { path: 'log', text: await app.log() }]) {
      for (const secret of ['wr0ng-passw0rd', ICM_PASSWORD, basic, 'Bearer ']) {
        expect([path, text.includes(secret)]).toEqual([path, false])
      }
    }
  })
})
