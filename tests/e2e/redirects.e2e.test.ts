import { createServer, type Server } from 'http'

import { COMMERCE_HOST } from '../../sandbox/world/commerce/api/listener'
import { App } from './support/app'
import { errorOf } from './support/expectations'
import { ROUTES } from './support/routes'

/** All that the app may call; a call to anywhere else would be counted by its host. */
const UPSTREAMS = [COMMERCE_HOST, 'apps', 'courier', 'vbase']

let app: App
/** Somebody who would like to be told what an upstream is told. */
let bait: Server
let taken: number

beforeAll(async () => {
  app = await App.start({ skus: 40 })
  bait = createServer((_, response) => {
    taken++
    response.end('{}')
  })
  await new Promise<void>((resolve) => bait.listen(0, '127.0.0.1', resolve))
})

afterAll(async () => {
  await app.stop()
  await new Promise((resolve) => bait.close(resolve))
})

beforeEach(async () => {
  await app.idle()
  taken = 0
  app.platform.requests.reset()
})

afterEach(() => {
  app.platform.faults.clear()
  const hosts = Object.keys(app.platform.requests.all())
  expect(hosts.filter((host) => !UPSTREAMS.includes(host))).toEqual([])
  expect(taken).toBe(0)
})

function baitUrl() {
  const address = bait.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return `http://127.0.0.1:${address.port}/taken`
}

function redirect(upstream: string, status: number, location: string, path?: string) {
  app.platform.faults.add({ upstream, kind: 'status', status, headers: { location }, path })
}

const answered = (upstream: string) => Object.keys(app.platform.requests.of(upstream).byStatus)

const refusal = (api: string, status: number) => ({
  code: 'upstream_refused',
  message: `${api}: status ${status}, the upstream redirects, which is not followed`,
})

describe('POST /export', () => {
  it.each<[number, string, () => string]>([
    [301, 'the own machine', baitUrl],
    [302, 'the own machine', baitUrl],
    [303, 'the own machine', baitUrl],
    [307, 'the own machine', baitUrl],
    [308, 'the own machine', baitUrl],
    [302, 'another host', () => 'http://elsewhere.example/taken'],
    [307, 'another host, encrypted', () => 'https://elsewhere.example/taken'],
    [302, 'a path beside', () => '/taken'],
    [308, "VTEX IO's own services", () => 'http://infra.io.vtex.com/taken'],
  ])('fails instead of following a redirect (%i to %s)', async (status, _, target) => {
    redirect(COMMERCE_HOST, status, target(), '/api/')
    const report = await app.exported()
    expect([report.status, report.files]).toEqual(['failed', 0])
    expect(report.error).toEqual(refusal('VTEX catalog', status))
    expect(answered(COMMERCE_HOST)).toEqual([String(status)])
  })

  it.each([
    ['VTEX catalog', '/api/catalog_system/pvt/sku/stockkeepingunitbyid/'],
    ['VTEX logistics', '/api/logistics/pvt/configuration/warehouses'],
    ['VTEX logistics', '/api/logistics/pvt/inventory/skus/'],
  ])('fails instead of following a redirect (%s: %s)', async (api, path) => {
    redirect(COMMERCE_HOST, 302, baitUrl(), path)
    const report = await app.exported()
    expect([report.status, report.files]).toEqual(['failed', 0])
    expect(report.error).toEqual(refusal(api, 302))
    // 404: a kit without components.
    const answers = answered(COMMERCE_HOST).filter((status) => status !== '404')
    expect(answers.sort()).toEqual(['200', '302'])
  })
})

it('POST /export/seller accepts any seller while the seller list redirects', async () => {
  redirect(COMMERCE_HOST, 302, baitUrl(), '/api/seller-register/')
  await app.accepted('export/seller/abc')
  expect(answered(COMMERCE_HOST)).toEqual(['302'])
})

it.each([
  ['vbase', 'state_unavailable'],
  ['courier', 'not_durable'],
  // Last, since it is remembered for a moment.
  ['apps', 'settings_unavailable'],
])('POST routes respond 503 while %s redirects', async (upstream, code) => {
  redirect(upstream, 307, baitUrl())
  if (upstream === 'apps') await app.readSettingsAnew()
  for (const route of ROUTES) {
    const answer = await app.post(route)
    expect([route, answer.status, errorOf(answer).code]).toEqual([route, 503, code])
  }
  expect(answered(upstream)).toEqual(['307'])
})
