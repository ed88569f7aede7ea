import { TOKEN } from '../sandbox'
import { ROUTES } from './exports'

/** Commands that work against this sandbox, to copy. `skuId` and `offerSku` are one SKU's. */
export function curlLines(url: string, exportId: string, skuId: number, offerSku: string): string {
  const app = (path: string, method = 'POST') =>
    `  curl -i ${method === 'GET' ? '' : `-X ${method} `}-H 'token: ${TOKEN}' ${url}${ROUTES}${path}`
  const control = (path: string, body?: object) => {
    const data = body ? `-H 'content-type: application/json' -d '${JSON.stringify(body)}' ` : ''
    return `  curl -s ${data}'${url}/_sandbox${path}'`
  }
  const post = (path: string) => `  curl -s -X POST '${url}/_sandbox${path}'`
  const sku = encodeURIComponent(offerSku).replace(/'/g, '%27')
  return `The app's routes:
${app('/update')}
${app('/export')}
${app(`/export/start/${skuId}`)}
${app('/export/seller/1')}
${app('/export/time/60')}
${app('/export/seller/1/time/60')}
The exports, one report, and cancelling one:
${app('/exports', 'GET')}
${app(`/exports/${exportId}`, 'GET')}
${app(`/exports/${exportId}`, 'DELETE')}
VTEX's stock of a SKU: look, sell a unit, set a warehouse, rename it; how VTEX tells of changes:
${control(`/stock/${skuId}`)}
${control(`/stock/${skuId}/sell`, { units: 1 })}
${control(`/stock/${skuId}`, { warehouseId: '1_1', total: 500, reserved: 0 })}
${control(`/stock/${skuId}`, { refId: `NEW-${skuId}` })}
${control('/broadcaster')}
Intershop: an offer, the files, stop and start its importer; compare it with VTEX:
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
