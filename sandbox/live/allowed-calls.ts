/** The resources of VTEX's License Manager that the app's calls need, by the policy that grants each to an app. */
export const RESOURCES = {
  'Sku.aspx': 'SKUs',
  ViewProduct: 'View Product',
  LogisticsViewer: 'Logistics viewer',
  'view-seller': 'View Seller',
} as const

export type Resource = keyof typeof RESOURCES

/** One of the calls that may leave this machine. */
export interface AllowedCall {
  /** In words, for people. */
  name: string
  method: 'GET' | 'POST'
  /** `{id}` stands for digits, `{text}` for one encoded segment. */
  path: string
  /** Parameters that a request may have, each a whole number. */
  query: readonly string[]
  /** What a key must have been given; without one of them VTEX responds 403. */
  needs: readonly Resource[]
}

const SKUS: readonly Resource[] = ['Sku.aspx', 'ViewProduct']
const STOCK: readonly Resource[] = ['LogisticsViewer']
const SELLERS: readonly Resource[] = ['view-seller']

const CATALOG = '/api/catalog_system/pvt/sku'

/**
 * Each call to VTEX that the app's clients make, and no other: nothing here writes. A test compares it with the
 * clients. VTEX IO's scheduler is not in it: the sandbox plays that one itself.
 */
export const VTEX_CALLS = {
  skuIds: get('SKU ids', `${CATALOG}/stockkeepingunitids`, SKUS, ['page', 'pagesize']),
  skuById: get('SKU records', `${CATALOG}/stockkeepingunitbyid/{id}`, SKUS),
  skuByEan: get('SKUs by EAN', `${CATALOG}/stockkeepingunitbyean/{text}`, SKUS),
  skusByReference: {
    name: 'SKUs by reference',
    method: 'POST',
    path: '/api/catalog_system/pub/sku/stockkeepingunitidsbyrefids',
    query: [],
    needs: SKUS,
  },
  kits: get('kits', '/api/catalog/pvt/stockkeepingunitkit', SKUS, ['parentSkuId']),
  warehouses: get('warehouses', '/api/logistics/pvt/configuration/warehouses', STOCK),
  stock: get('stock', '/api/logistics/pvt/inventory/skus/{id}', STOCK),
  sellers: get('seller register', '/api/seller-register/pvt/sellers', SELLERS, ['from', 'to']),
  bindings: get(
    'SKU bindings',
    '/api/sku-binding/pvt/skuseller/paged/sellerid/{text}',
    ['ViewProduct'],
    ['page', 'size']
  ),
  offers: get("sellers' offers", '/api/offer-manager/pvt/product/{id}/sku/{id}', SELLERS),
  productOffers: get('offers of products', '/api/offer-manager/pvt/product/{id}', SELLERS),
} as const satisfies Record<string, AllowedCall>

function get(
  name: string,
  path: string,
  needs: readonly Resource[],
  query: readonly string[] = []
): AllowedCall {
  return { name, method: 'GET', path, query, needs }
}
