import type { FaultRule } from '../platform'
import { CENTRA_HOST, CENTRA_PATH } from '../world/centra/api/listener'
import { COMMERCE_HOST } from '../world/commerce/api/listener'
import { ICM_BASE, ICM_HOST } from '../world/intershop/rest/access'

const CATALOG = '/api/catalog_system/pvt/sku'
const LOGISTICS = '/api/logistics/pvt'

/** Which calls a rule speaks of. */
export type Where = Pick<FaultRule, 'upstream' | 'path'>

/** The upstreams of the app, each with the calls that go to it. VTEX's share a host. */
export const UPSTREAMS = {
  'catalog-list': { upstream: COMMERCE_HOST, path: `${CATALOG}/stockkeepingunitids` },
  'catalog-sku': { upstream: COMMERCE_HOST, path: `${CATALOG}/stockkeepingunitbyid/` },
  'catalog-ean': { upstream: COMMERCE_HOST, path: `${CATALOG}/stockkeepingunitbyean/` },
  'catalog-refs': {
    upstream: COMMERCE_HOST,
    path: '/api/catalog_system/pub/sku/stockkeepingunitidsbyrefids',
  },
  warehouses: { upstream: COMMERCE_HOST, path: `${LOGISTICS}/configuration/warehouses` },
  inventory: { upstream: COMMERCE_HOST, path: `${LOGISTICS}/inventory/skus/` },
  sellers: { upstream: COMMERCE_HOST, path: '/api/seller-register/pvt/sellers' },
  bindings: { upstream: COMMERCE_HOST, path: '/api/sku-binding/pvt/skuseller/' },
  offers: { upstream: COMMERCE_HOST, path: '/api/offer-manager/pvt/product/' },
  centra: { upstream: CENTRA_HOST, path: CENTRA_PATH },
  // Only with the delivery icm-rest.
  'icm-token': { upstream: ICM_HOST, path: `${ICM_BASE}/token` },
  'icm-uploads': { upstream: ICM_HOST, path: `${ICM_BASE}/batchprocesses/uploads` },
  'icm-imports': { upstream: ICM_HOST, path: `${ICM_BASE}/batchprocesses/productimports` },
  vbase: { upstream: 'vbase' },
  courier: { upstream: 'courier' },
  apps: { upstream: 'apps' },
} as const satisfies Record<string, Where>

/** The catalog's calls for what kits are made of: too few for a fault to meet one whatever is exported. */
export const KITS: Where = {
  upstream: COMMERCE_HOST,
  path: '/api/catalog/pvt/stockkeepingunitkit',
}

export type UpstreamName = keyof typeof UPSTREAMS

export const UPSTREAM_NAMES = Object.keys(UPSTREAMS) as UpstreamName[]

/** Upstreams that are called once for each SKU or document, not a few times an export. */
export const BUSY: ReadonlySet<UpstreamName> = new Set([
  'catalog-sku',
  'catalog-ean',
  'inventory',
  'offers',
  'vbase',
])
