import { TOKEN } from '../sandbox'
import { ROUTES } from './exports'

/** One SKU of VTEX, its offer in Intershop, and a row of Centra's with units to sell, if there is one. */
export interface Examples {
  skuId: number
  offerSku: string
  stockItemId?: number | undefined
  /** Another seller's offer with units to sell, if there is one. */
  other?: { skuId: number; sellerId: string } | undefined
}

/** Commands that work against this sandbox, to copy. */
export function curlLines(
  url: string,
  exportId: string,
  { skuId, offerSku, stockItemId, other }: Examples
): string {
  const app = (path: string, method = 'POST') =>
    `  curl -i ${method === 'GET' ? '' : `-X ${method} `}-H 'token: ${TOKEN}' '${url}${ROUTES}${path}'`
  const control = (path: string, body?: object) => {
    const data = body ? `-H 'content-type: application/json' -d '${JSON.stringify(body)}' ` : ''
    return `  curl -s ${data}'${url}/_sandbox${path}'`
  }
  const post = (path: string) => `  curl -s -X POST '${url}/_sandbox${path}'`
  const centra =
    stockItemId === undefined
      ? ''
      : `Centra's stock of a row: look, sell a unit, restock it, take it off sale; what its API was asked:
${control(`/centra/rows/${stockItemId}`)}
${control(`/centra/rows/${stockItemId}/sell`, { units: 1 })}
${control(`/centra/rows/${stockItemId}/restock`, { units: 10 })}
${control(`/centra/rows/${stockItemId}`, { active: false })}
${control('/centra/calls')}
`
  const seller =
    other === undefined
      ? ''
      : `Another seller, whose changes VTEX tells nobody: what it has of a SKU, change it, and have it exported:
${control(`/sellers/${other.sellerId}/skus/${other.skuId}`)}
${control(`/sellers/${other.sellerId}/skus/${other.skuId}`, { quantity: 3 })}
${control(`/sellers/${other.sellerId}/skus/${other.skuId}`, { active: false })}
${control(`/sellers/${other.sellerId}`, { active: false })}
${app(`/export/seller/${other.sellerId}`)}
`
  const sku = encodeURIComponent(offerSku).replace(/'/g, '%27')
  return `The app's routes:
${app('/update')}
${app('/export')}
${app(`/export/start/${skuId}`)}
${app('/export/seller/1')}
${app('/export/time/60')}
${app('/export/seller/1/time/60')}
What an update would send, and nothing sent:
${app('/update?dryRun=true')}
The exports, one report, and cancelling it (409, as it has ended: take the id of one that runs):
${app('/exports', 'GET')}
${app(`/exports/${exportId}`, 'GET')}
${app(`/exports/${exportId}`, 'DELETE')}
VTEX's stock of a SKU: look, sell a unit, set a warehouse, rename it, sell it out; have the list
of SKUs leave it out, and delete it; how VTEX tells of changes:
${control(`/stock/${skuId}`)}
${control(`/stock/${skuId}/sell`, { units: 1 })}
${control(`/stock/${skuId}`, { warehouseId: '1_1', total: 500, reserved: 0 })}
${control(`/stock/${skuId}`, { refId: `NEW-${skuId}` })}
${control('/flash-sale', { skuIds: [skuId] })}
${control('/catalog', { unlisted: { skus: [skuId] } }).replace('curl -s', 'curl -s -X PUT')}
  curl -s -X DELETE '${url}/_sandbox/stock/${skuId}'
${control('/broadcaster')}
${seller}${centra}Intershop: an offer, the files, stop and start its importer; compare it with the sources:
${control(`/intershop/inventory?sku=${sku}`)}
${control('/intershop/files')}
${post('/intershop/pause')}
${post('/intershop/resume')}
${control('/compare')}
The app's settings, its schedule, troubles in its calls, its replicas:
${control('/settings')}
${control('/scheduler')}
${control('/faults', { upstream: '*', kind: 'status', status: 503, share: 0.1 })}
  curl -s -X DELETE '${url}/_sandbox/faults'
${post('/replicas/0/kill')}`
}
