import type { IOContext } from '@vtex/api'
import { readFileSync } from 'fs'
import { join } from 'path'
import { unlimited } from '../../tests/throttling/unlimited'
import { Catalog } from '../clients/catalog'
import { Logistics } from '../clients/logistics'
import { Offers, Sellers, SkuBindings } from '../clients/sellers'
import { RESOURCES } from './upstreamError'

const context = { account: 'shop', authToken: 'token' } as unknown as IOContext

const refused = async () => {
  throw Object.assign(new Error('failed'), { response: { status: 403, data: 'Access denied.' } })
}

/** A client of which VTEX refuses each call. */
const refusing = <T extends object>(Client: new (context: IOContext) => T): T =>
  Object.assign(unlimited(new Client(context)), { http: { get: refused, post: refused } })

const catalog = refusing(Catalog)
const logistics = refusing(Logistics)

const BOTH =
  'the policies Sku.aspx (License Manager: SKUs) and ViewProduct (License Manager: View Product)'
const STOCK = 'the policy LogisticsViewer (License Manager: Logistics viewer)'
const SELLER = 'the policy view-seller (License Manager: View Seller)'
const PRODUCT = 'the policy ViewProduct (License Manager: View Product)'

it.each([
  ['catalog.skuIds', () => catalog.skuIds(1), 'VTEX catalog', BOTH],
  ['catalog.skuDetails', () => catalog.skuDetails(7), 'VTEX catalog', BOTH],
  ['catalog.skuByEan', () => catalog.skuByEan('4006381333931'), 'VTEX catalog', BOTH],
  ['catalog.skuIdsByRefIds', () => catalog.skuIdsByRefIds(['R7']), 'VTEX catalog', BOTH],
  ['logistics.warehouses', () => logistics.warehouses(), 'VTEX logistics', STOCK],
  ['logistics.balances', () => logistics.balances(7), 'VTEX logistics', STOCK],
  ['sellers.page', () => refusing(Sellers).page(0), 'VTEX seller register', SELLER],
  ['offers.ofSku', () => refusing(Offers).ofSku(70, 7), 'VTEX offers', SELLER],
  ['offers.ofProduct', () => refusing(Offers).ofProduct(70), 'VTEX offers', SELLER],
  ['skuBindings.skuIds', () => refusing(SkuBindings).skuIds('2', 1), 'VTEX SKU bindings', PRODUCT],
])('%s names the policies it needs when VTEX responds 403', async (_, call, upstream, need) => {
  await expect(call()).rejects.toMatchObject({
    code: 'upstream_refused',
    message: `${upstream}: status 403, the app's manifest needs ${need}`,
  })
})

const ROOT = join(__dirname, '..', '..')

it('the manifest declares the policies of all clients and of VTEX IO, and the docs explain each', () => {
  const manifest = readFileSync(join(ROOT, 'manifest.json'), 'utf8')
  const policies: Array<{ name: string }> = JSON.parse(manifest).policies
  const ofVtexIo = ['colossus-fire-event', 'colossus-write-logs', 'vbase-read-write']
  const expected = [...Object.keys(RESOURCES), ...ofVtexIo, 'outbound-access']
  expect([...new Set(policies.map(({ name }) => name))].sort()).toEqual(expected.sort())
  const docs = readFileSync(join(ROOT, 'docs', 'README.md'), 'utf8')
  const [, explained = ''] = docs.split('## What the app may do in VTEX')
  expect(expected.filter((name) => !explained.includes(`\`${name}\``))).toEqual([])
  expect(explained.match(/`\w+\.aspx`/g)).toEqual(['`Sku.aspx`'])
})
