import Router from '@koa/router'
import { writeFileSync } from 'fs'
import { createServer } from 'http'
import type { AddressInfo } from 'net'
import { join } from 'path'
import { createControlListener } from '../common/control-listener'
import { temporaryFolder } from '../common/temporary-folder'
import { Account } from './commerce/account'
import { Broadcaster } from './commerce/broadcaster/broadcaster'
import { addBroadcasterControl } from './commerce/broadcaster/control'
import { addCommerceControl } from './commerce/control'
import { addSellerControl } from './commerce/seller-control'
import { addIntershopControl } from './intershop/control'
import { type Intershop, startIntershop } from './intershop/intershop'

const folder = temporaryFolder()
const account = new Account('sandbox', 50, 1)
const [skuId = 0] = account.catalog.ids()
const router = new Router({ prefix: '/_sandbox' })
const server = createServer(createControlListener(router))
const broadcaster = new Broadcaster(account, async () => {})
let intershop: Intershop

beforeAll(async () => {
  intershop = await startIntershop({ directory: folder.path, importDelay: 1 })
  addCommerceControl(router, account)
  addSellerControl(router, account)
  addBroadcasterControl(router, broadcaster)
  addIntershopControl(router, intershop)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve))
  await intershop.stop()
  folder.remove()
})

async function call(method: string, path: string, body?: object) {
  const { port } = server.address() as AddressInfo
  const headers = { 'content-type': 'application/json', connection: 'close' }
  const response = await fetch(`http://127.0.0.1:${port}/_sandbox${path}`, {
    method,
    headers,
    body: body && JSON.stringify(body),
  })
  const text = await response.text()
  const content: unknown = text === '' ? undefined : JSON.parse(text)
  return { status: response.status, content }
}

it('returns and changes the components of a kit', async () => {
  const [, , , kit = 0, part = 0] = account.catalog.ids()
  const components = [{ skuId: part, quantity: 2 }]
  expect(await call('POST', `/stock/${kit}`, { components })).toMatchObject({
    content: { sku: { kit: true }, balances: [], components },
  })
  const { content } = await call('GET', `/stock/${part}`)
  expect(content).toMatchObject({ components: [], partOf: expect.arrayContaining([kit]) })
  const nested = { components: [{ skuId: kit, quantity: 1 }] }
  expect(await call('POST', `/stock/${skuId}`, nested)).toMatchObject({ status: 409 })
  const nothing = { components: [{ skuId: part, quantity: 0 }] }
  expect(await call('POST', `/stock/${kit}`, nothing)).toMatchObject({ status: 400 })
})

it("POST /stock/:id changes and sells the account's stock", async () => {
  const stock = `/stock/${skuId}`
  for (const warehouseId of ['north', 'outlet']) {
    await call('POST', stock, { warehouseId, total: 0, reserved: 0, unlimited: false })
  }
  await call('POST', stock, { warehouseId: '1_1', total: 5, reserved: 0, unlimited: false })
  expect(await call('POST', `${stock}/sell`, { units: 2 })).toMatchObject({
    status: 200,
    content: { balances: [{ warehouseId: '1_1', total: 5, reserved: 2 }, {}, {}, {}, {}, {}] },
  })
  expect(account.balances(skuId)[0]).toMatchObject({ reserved: 2 })
  expect(await call('GET', stock)).toMatchObject({ content: { sku: { id: skuId, active: true } } })
  expect(await call('POST', `${stock}/sell`, { units: 4 })).toMatchObject({ status: 409 })
  expect(await call('POST', `${stock}/sell`, { units: 0 })).toMatchObject({ status: 400 })
  expect(await call('POST', stock, { warehouseId: '1_1', totl: 5 })).toMatchObject({ status: 400 })
  expect(await call('POST', stock, { active: false })).toMatchObject({
    content: { sku: { active: false } },
  })
  expect(await call('GET', `/stock/0${skuId}`)).toMatchObject({ status: 404 })
})

it('changes sellers, their offers and the shape of offers', async () => {
  const binding = `/sellers/31/skus/${skuId}`
  expect(await call('GET', binding)).toMatchObject({ status: 404 })
  expect(await call('POST', binding, { active: true, quantity: 4 })).toMatchObject({
    status: 200,
    content: { seller: { id: '31' }, skuId, active: true, quantity: 4 },
  })
  expect(await call('POST', binding, { active: false })).toMatchObject({
    content: { active: false, quantity: 4 },
  })
  expect(await call('POST', '/sellers/31', { active: false })).toMatchObject({
    content: { id: '31', active: false },
  })
  expect(await call('PUT', '/sellers', { pascalCase: true })).toMatchObject({
    content: { pascalCase: true, oneAsObject: false, sellers: account.sellers },
  })
  expect(account.sellers).toContainEqual(expect.objectContaining({ id: '31', active: false }))
  for (const path of ['/sellers/1', '/sellers/nobody']) {
    expect(await call('POST', path, { active: false })).toMatchObject({ status: 404 })
  }
  expect(await call('POST', `/sellers/nobody/skus/${skuId}`, {})).toMatchObject({ status: 404 })
  expect(await call('POST', '/sellers/31/skus/0', {})).toMatchObject({ status: 404 })
  expect(await call('POST', binding, { quantity: -1 })).toMatchObject({ status: 400 })
})

it("removes a binding, and hides bindings from a seller's list", async () => {
  const binding = `/sellers/2/skus/${skuId}`
  await call('POST', binding, { active: true, quantity: 4 })
  expect(await call('DELETE', binding)).toMatchObject({ status: 200, content: { quantity: 4 } })
  for (const method of ['GET', 'DELETE']) {
    expect(await call(method, binding)).toMatchObject({ status: 404 })
  }
  const unlisted = '/sellers/2/unlisted'
  expect(await call('PUT', unlisted, { skus: [skuId] })).toMatchObject({
    content: { all: false, skus: [skuId] },
  })
  expect(await call('PUT', unlisted, { all: true })).toMatchObject({
    content: { all: true, skus: [skuId] },
  })
  expect(await call('PUT', unlisted, { sku: [] })).toMatchObject({ status: 400 })
  expect(await call('PUT', '/sellers/1/unlisted', { all: true })).toMatchObject({ status: 404 })
})

it('deletes a SKU, hides SKUs from the list, and sells out several', async () => {
  const [, gone = 0, sold = 0] = account.catalog.ids()
  expect(await call('DELETE', `/stock/${gone}`)).toMatchObject({ status: 204 })
  expect(await call('GET', `/stock/${gone}`)).toMatchObject({ status: 404 })
  expect(await call('PUT', '/catalog', { unlisted: { skus: [sold] } })).toMatchObject({
    content: { indexLag: 0, unlisted: { all: false, skus: [sold] } },
  })
  expect(account.catalog.listed(0, 100)).not.toContain(sold)
  expect(await call('PUT', '/catalog', { unlisted: { skus: [] } })).toMatchObject({ status: 200 })
  expect(await call('PUT', '/catalog', {})).toMatchObject({ status: 400 })
  for (const { warehouseId } of account.balances(sold)) {
    account.setBalance(sold, warehouseId, { total: 4, reserved: 0, unlimited: false })
  }
  expect(await call('POST', '/flash-sale', { skuIds: [sold] })).toMatchObject({
    status: 200,
    content: [{ sku: { id: sold }, balances: [{ reserved: 4 }, { reserved: 4 }, {}, {}, {}, {}] }],
  })
  expect(await call('POST', '/flash-sale', { skuIds: [gone] })).toMatchObject({ status: 409 })
})

it("changes a SKU's price, activity and references, and the catalog's lag", async () => {
  const stock = `/stock/${skuId}`
  expect(await call('PUT', '/catalog', { indexLag: 60_000 })).toMatchObject({
    content: { indexLag: 60_000 },
  })
  expect(await call('POST', stock, { price: 12.5 })).toMatchObject({ content: { price: 12.5 } })
  expect(await call('POST', stock, { refId: 'NEW', ean: null, active: true })).toMatchObject({
    content: { sku: { refId: 'NEW', active: true } },
  })
  expect(account.sku(skuId)?.ean).toBeUndefined()
  expect(account.indexedSku(skuId)?.refId).not.toBe('NEW')
  expect(await call('PUT', '/catalog', { indexLag: 0 })).toMatchObject({ status: 200 })
  expect(await call('GET', '/catalog')).toMatchObject({ content: { indexLag: 0 } })
  for (const body of [{}, { price: 0 }, { price: 1, active: true }, { refId: '' }]) {
    expect(await call('POST', stock, body)).toMatchObject({ status: 400 })
  }
})

it('returns and changes the behaviour of the broadcaster', async () => {
  expect(await call('PUT', '/broadcaster', { lost: 0.5, delay: 10 })).toMatchObject({
    content: { behaviour: { lost: 0.5, delay: 10, doubled: 0, partial: 0.1 } },
  })
  expect(broadcaster.behaviour.lost).toBe(0.5)
  expect(await call('GET', '/broadcaster')).toMatchObject({
    content: { behaviour: { lost: 0.5 }, counts: { changes: expect.any(Number) } },
  })
  expect(await call('PUT', '/broadcaster', { lost: 2 })).toMatchObject({ status: 400 })
  expect(await call('PUT', '/broadcaster', { lots: 1 })).toMatchObject({ status: 400 })
})

it("returns Intershop's offers and files, and controls its importer and faults", async () => {
  expect(await call('POST', '/intershop/pause')).toMatchObject({ content: { paused: true } })
  writeFileSync(
    join(intershop.folders.inbox, 'a.xml'),
    '<enfinity xmlns="http://www.intershop.com/xml/ns/enfinity/7.1/xcs/impex"><offer sku="A"><available>1</available></offer></enfinity>'
  )
  writeFileSync(join(intershop.folders.inbox, 'b.xml'), '<enfinity><offer/></enfinity>')
  expect(await call('GET', '/intershop/importer')).toMatchObject({
    content: { waiting: ['a.xml', 'b.xml'] },
  })
  await call('POST', '/intershop/resume')
  await intershop.idle()
  expect(await call('GET', '/intershop/inventory?sku=A&sku=B')).toMatchObject({
    content: { size: 1, offers: [{ sku: 'A', available: true, file: 'a.xml' }, { sku: 'B' }] },
  })
  expect(await call('GET', '/intershop/files')).toMatchObject({
    content: { inbox: [], archive: ['a.xml'], error: [{ name: 'b.xml' }] },
  })
  await call('PUT', '/intershop/sftp', { diskFull: true })
  expect(intershop.sftp.faults).toMatchObject({ diskFull: true, refuse: false })
  expect(await call('PUT', '/intershop/sftp', { diskFul: true })).toMatchObject({ status: 400 })
})

it('keeps port and host key over a restart', async () => {
  const { port } = intershop.sftp
  const { hostKeyFingerprint } = intershop
  await intershop.stop()
  intershop = await startIntershop({ directory: folder.path })
  expect([intershop.sftp.port, intershop.hostKeyFingerprint]).toEqual([port, hostKeyFingerprint])
  expect(intershop.inventory.get('A')).toMatchObject({ available: true })
})
