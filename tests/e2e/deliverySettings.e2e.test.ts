import { App } from './support/app'
import { deliveredFiles, validate, whyNoValidation } from './support/files'
import { unless } from './support/skipped'

let app: App

beforeAll(async () => {
  app = await App.start({ skus: 40 })
})

afterAll(() => app.stop())

const delivered = () => deliveredFiles(app.intershop.folders.archive)

describe('POST /export with invalid settings', () => {
  it.each<[string, Record<string, unknown>]>([
    ['missing ones', { sftpHost: '', sftpUser: undefined, sftpPassword: '' }],
    [
      'wrong ones, all at once',
      {
        sftpHost: 'sftp://127.0.0.1:22',
        sftpPort: 'ssh',
        sftpHostKey: 'no fingerprint',
        sftpFilePrefix: '../stock',
        safetyStock: -1,
        unlimitedQuantity: 1.5,
        skuIdentifier: 'gtin',
        offerSku: 'the-same-for-all',
        quantityAttribute: 'StockSellerId',
        maxConcurrency: 0,
        delivery: 'pigeon',
      },
    ],
    ['names that XML cannot carry', { offerSku: '{sku}\u0007', quantityAttribute: 'Q\ufffe' }],
    ['lists of nothing, which would mean all', { sellers: ' , ', excludedWarehouses: ',' }],
    ['a password that is not the right one', { sftpPassword: 'another' }],
    ['a key that is none', { sftpPrivateKey: 'junk' }],
    ['the host key of another server', { sftpHostKey: `SHA256:${'A'.repeat(43)}` }],
    ['a directory that is not there', { sftpDirectory: '/not/there' }],
  ])('fails with a message that names each of them: %s', async (_, settings) => {
    await app.configure(settings)
    const report = await app.exported()
    expect([report.status, report.files]).toEqual(['failed', 0])
    for (const setting of Object.keys(settings)) expect(report.error?.message).toContain(setting)
    expect(app.intershop.inventory.size).toBe(0)
    expect((await app.intershop.files()).inbox).toEqual([])
  })
})

it("sftpHostKey pins the first server's key while it is empty", async () => {
  await app.configure({ sftpHostKey: '' })
  expect((await app.exported()).status).toBe('completed')
  expect(await app.platform.vbase.files('hostkeys')).toHaveLength(1)
})

it('the settings for values change quantities and Intershop SKUs', async () => {
  await app.configure({
    skuIdentifier: 'skuId',
    offerSku: 'V-{sku}-{sellerId}',
    safetyStock: 25,
    unlimitedQuantity: 500,
    excludedWarehouses: 'north, outlet',
    sftpFilePrefix: 'lager',
    maxConcurrency: 2,
  })
  const unlimited = app.commerce.addSku()
  app.commerce.setBalance(unlimited, '1_1', { unlimited: true })
  const elsewhere = app.commerce.addSku()
  app.commerce.setBalance(elsewhere, 'north', { unlimited: true })
  const some = app.commerce.addSku({ refId: null, ean: null })
  app.commerce.setBalance(some, '1_1', { total: 67 })
  expect((await app.exported()).status).toBe('completed')
  expect(await app.sandbox.compare()).toMatchObject({ differing: 0, missing: 0 })
  const quantities = [unlimited, elsewhere, some].map(
    (id) => app.intershop.inventory.get(`V-${id}-1`)?.quantity
  )
  expect(quantities).toEqual([500, 0, 42])
  const names = (await delivered()).map(({ name }) => name)
  expect(names.some((name) => name.startsWith('lager-'))).toBe(true)
})

it('skuIdentifier ean sends the EAN as the Intershop SKU', async () => {
  await app.configure({ skuIdentifier: 'ean' })
  const id = app.commerce.addSku({ ean: '7350053850019', refId: null })
  expect((await app.exported(`export/start/${id}`)).status).toBe('completed')
  expect(app.intershop.inventory.get('7350053850019')?.quantity).toBe(30)
})

it('quantityAttribute names the attribute of the quantity, with any text', async () => {
  await app.configure({ quantityAttribute: 'Lager "1" & <2>' })
  const id = app.commerce.addSku()
  await app.exported(`export/start/${id}`)
  const [last] = (await delivered()).slice(-1)
  expect(last?.text).toMatch(/name="Lager &quot;1&quot; &amp; &lt;2&gt;" dt:dt="int">30</)
})

unless(whyNoValidation(), 'files of other settings against the schema')(
  "files validate against Intershop's catalog schema with other settings",
  async () => {
    await validate((await delivered()).map(({ path }) => path))
  }
)
