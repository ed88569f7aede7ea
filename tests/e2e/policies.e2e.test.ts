import { reportSummary } from '../../sandbox/cli/summary'
import { App } from './support/app'
import { broughtBy, expectedNow, type Said, untilTold } from './support/changes'
import { expectNoDifference, offersOfOthers, said, sellableOf } from './support/marketplace'
import type { Report } from './support/report'

let app: App
/** A SKU that another seller offers too. */
let skuId: number
let stock = 1000

beforeAll(async () => {
  app = await App.start({ skus: 250, settings: { sellers: '', skuIdentifier: 'skuId' } })
  expect((await app.exported()).status).toBe('completed')
  await expectNoDifference(app)
  skuId = (await sellableOf(app, '2'))[0]?.skuId ?? 0
})

afterAll(() => app.stop())

afterEach(() => app.platform.policies.revoked.clear())

/** Another stock of some SKUs, another reference of one, and another quantity of another seller. */
async function changeSome() {
  stock += 10
  for (const id of [...app.commerce.catalog.ids()].slice(0, 10)) {
    app.commerce.setBalance(id, 'north', { total: stock + id, reserved: 0 })
  }
  app.commerce.setFacts(skuId, { refId: `CHANGED-${stock}` })
  app.commerce.marketplace.bind('2', skuId, { quantity: stock })
  await untilTold(app)
}

const expected = async (): Promise<Said[]> =>
  said([...(await expectedNow(app)), ...(await offersOfOthers(app))])

/** Every reason that a report gives, in one text. */
const reasonsIn = ({ failures, sources, error }: Report) =>
  [...failures, ...Object.values(sources).map((source) => source.error), error]
    .map((reason) => reason?.message ?? '')
    .join('\n')

const BOTH =
  "VTEX catalog: status 403, the app's manifest needs the policies Sku.aspx (License Manager: SKUs) and ViewProduct (License Manager: View Product)"
const STOCK =
  "VTEX logistics: status 403, the app's manifest needs the policy LogisticsViewer (License Manager: Logistics viewer)"
const SELLERS =
  "VTEX seller register: status 403, the app's manifest needs the policy view-seller (License Manager: View Seller)"
const BINDINGS =
  "VTEX SKU bindings: status 403, the app's manifest needs the policy ViewProduct (License Manager: View Product)"

it.each([
  ['Sku.aspx', { update: [BOTH], export: [BOTH] }, 0],
  ['ViewProduct', { update: [BOTH], export: [BOTH, BINDINGS] }, 0],
  ['LogisticsViewer', { update: [STOCK], export: [STOCK] }, 1],
  ['view-seller', { update: [SELLERS], export: [SELLERS] }, 1],
])(
  'exports without the policy %s fail with its name in the report, and send nothing false',
  async (policy, reasons, atLeast) => {
    app.platform.policies.revoked.add(policy)
    await changeSome()
    const truth = new Map(await expected())
    const reports: Report[] = []
    const brought = await broughtBy(app, async () => {
      const ids = [await app.accepted('update'), await app.accepted('export')]
      reports.push(...(await Promise.all(ids.map((id) => app.ended(id)))))
    })
    expect(reports.map(({ route }) => route)).toEqual(['update', 'export'])
    for (const report of reports) {
      expect(['failed', 'completedWithErrors']).toContain(report.status)
      for (const reason of reasons[report.route === 'update' ? 'update' : 'export']) {
        expect(reasonsIn(report)).toContain(reason)
        expect(reportSummary(report, 1)).toContain(reason)
      }
      expect(JSON.stringify(report)).not.toContain('Access denied')
    }
    // Sources that do without the policy go on.
    expect(brought.length).toBeGreaterThanOrEqual(atLeast)
    expect(brought).toEqual(brought.map(([name]) => [name, truth.get(name)]))
  }
)

it('POST /export sends what is missing once all policies are granted', async () => {
  expect((await app.exported()).status).toBe('completed')
  await expectNoDifference(app)
})
