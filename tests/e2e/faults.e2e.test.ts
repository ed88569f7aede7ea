import { CATALOGUE, routesOf } from '../faults/catalogue'
import { SEED, SKUS } from '../faults/faultCase'
import { trial } from '../faults/trial'
import { App } from './support/app'

/** Some of the catalogue, each kind of fault and each upstream at least once; `npm run faults` tries all. */
const CHOSEN = [
  'catalog-list: mistyped, a few times',
  'catalog-list: empty, a few times',
  'catalog-sku: 502, a few times',
  'catalog-sku: truncated, a share of the calls',
  'catalog-sku: mistyped-null for three SKUs, for ever',
  'warehouses: 504, a few times',
  'warehouses: mistyped-shape, a few times',
  'inventory: 503, a share of the calls',
  'inventory: reset, a few times',
  'inventory: empty, a few times',
  'inventory: malformed for three SKUs, for ever',
  'inventory: mistyped for three SKUs, for ever',
  'inventory: slow, a few times',
  'sellers: 500, a few times',
  'vbase: 503, a few times, while it is worked on',
  'vbase: timeout, a few times',
  'vbase: answer-lost, a share of the calls',
  'vbase parts: truncated, a few times',
  'vbase ended: 500, a few times',
  'vbase: all is stale, If-Match is ignored, and events come twice',
  'courier: 503, a few times',
  'courier: events overtake each other',
  'courier: the event of the request is lost',
  'courier: events come late',
  'apps: 500, a few times',
  'apps: empty, a few times, while it is worked on',
  'sftp: two connections are refused',
  'sftp: two uploads are cut',
  'sftp: the disk is full for two writes',
  'sftp: it is slow',
  'inventory: 429, a few times',
  'catalog-sku: 429-retry-after, a few times',
  'catalog-list: 429-ratelimit-reset, a few times',
  'warehouses: 429-x-ratelimit-reset, a few times',
  'inventory: 429-date, a few times',
] as const

jest.setTimeout(240_000)

let app: App

beforeAll(async () => {
  app = await App.start({ skus: SKUS, seed: SEED, standby: true })
  await app.exported()
})

afterAll(() => app.stop())

/** `export` and `update` in turn, where both are possible. */
const pairs = CHOSEN.map((name, turn) => {
  const fault = CATALOGUE.find((each) => each.name === name)
  if (!fault) throw new Error(`no fault of the catalogue is called "${name}"`)
  const routes = routesOf(fault)
  return { name, fault, turn, route: routes[turn % routes.length] ?? 'export' }
})

describe('no offer is wrong but those reported failed, and the next export brings all into line', () => {
  it.each(pairs)('$route under $name', async ({ fault, route, turn }) => {
    expect((await trial(app, fault, route, turn)).violations).toEqual([])
  })
})
