import { startBench } from '../faults/bench'
import { CATALOGUE, type Way, waysOf } from '../faults/catalogue'
import { type Past, trial } from '../faults/trial'
import type { App } from './support/app'

/** Part of the catalogue: each upstream with its most revealing faults; `npm run faults` tries all. */
const CHOSEN: readonly [name: string, way: Way][] = [
  ['catalog-list: mistyped, a few times', 'export'],
  ['catalog-sku: truncated, a share of the calls', 'update'],
  ['catalog-sku: mistyped-null for three SKUs, for ever', 'export'],
  ['warehouses: 504, a few times', 'update'],
  ['inventory: 503, a share of the calls', 'update'],
  ['inventory: reset, a few times', 'export'],
  ['inventory: malformed for three SKUs, for ever', 'export'],
  ['inventory: mistyped for three SKUs, for ever', 'update'],
  ['offers: 403 for three SKUs, for ever', 'export'],
  ['centra: a row that is text, for ever', 'update'],
  ['inventory: 429, a few times', 'export'],
  ['catalog-sku: 429-retry-after, a few times', 'update'],
  ['sellers: 500, a few times', 'export/seller/2'],
  ['centra: 503, a few times', 'update'],
  ['centra: truncated, a few times', 'export'],
  ['centra: mistyped-null, a few times', 'update'],
  // Rows without their ids, also where one is asked for by its id.
  ['centra: mistyped, a few times', 'export'],
  ['centra: empty, a few times', 'first update'],
  ['catalog-ean: mistyped, a few times', 'first update'],
  ['vbase checkpoints: malformed, a few times', 'update'],
  ['vbase: 503, a few times, while it is worked on', 'update'],
  ['vbase: answer-lost, a share of the calls', 'export'],
  ['vbase receipts: truncated, a few times', 'update'],
  ['vbase: all is stale, If-Match is ignored, and events come twice', 'update'],
  ['courier: events overtake each other', 'update'],
  ['courier: the event of the request is lost', 'export'],
  ['apps: empty, a few times, while it is worked on', 'export'],
  ['sftp: two uploads are cut', 'update'],
  ['sftp: the disk is full for two writes', 'export'],
]

jest.setTimeout(240_000)

let app: App
const past: Past = { trials: 0, due: new Set() }

beforeAll(async () => {
  app = await startBench()
})

afterAll(() => app.stop())

const trials = CHOSEN.map(([name, way]) => {
  const fault = CATALOGUE.find((each) => each.name === name)
  if (!fault || !waysOf(fault).includes(way)) throw new Error(`"${name}" is not tried by ${way}`)
  return { name, fault, way }
})

describe('an export under a fault', () => {
  it.each(trials)('sends all other offers right: $way under $name', async ({ fault, way }) => {
    expect((await trial(app, fault, way, past)).violations).toEqual([])
  })
})
