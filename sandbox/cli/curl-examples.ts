import { TOKEN } from '../sandbox'
import { ROUTES } from './exports'

/** What the examples name: a VTEX SKU and its Intershop SKU, and more where the sandbox has it. */
export interface Examples {
  skuId: number
  offerSku: string
  /** A Centra row with units to sell. */
  stockItemId?: number | undefined
  /** Another seller's offer with units to sell. */
  other?: { skuId: number; sellerId: string } | undefined
}

interface Example {
  title: string
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Below `/_sandbox`, or below the app's routes where `app` is set. */
  path: string
  body?: object
  app?: true
}

interface Section {
  title: string
  examples: Example[]
}

/** Commands that work against this sandbox, ready to copy, each under its title. */
export function curlExamples(url: string, exportId: string, examples: Examples): string {
  const sections = [
    ...appSections(exportId, examples.skuId),
    vtexSection(examples.skuId),
    ...sellerSection(examples.other),
    ...centraSection(examples.stockItemId),
    intershopSection(examples.offerSku),
    PLATFORM,
  ]
  return sections
    .flatMap((section) => [
      `${section.title}:`,
      ...section.examples.flatMap((example) => [
        `  # ${example.title}`,
        `  ${command(url, example)}`,
      ]),
    ])
    .join('\n')
}

function command(url: string, { method = 'GET', path, body, app }: Example): string {
  return [
    app ? 'curl -i' : 'curl -s',
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    ...(app ? [`-H 'token: ${TOKEN}'`] : []),
    ...(body ? [`-H 'content-type: application/json' -d '${JSON.stringify(body)}'`] : []),
    `'${url}${app ? ROUTES : '/_sandbox'}${path}'`,
  ].join(' ')
}

const post = (title: string, path: string, body?: object): Example => ({
  title,
  method: 'POST',
  path,
  body,
})
const get = (title: string, path: string): Example => ({ title, path })
const start = (title: string, path: string): Example => ({ ...post(title, path), app: true })

function appSections(exportId: string, skuId: number): Section[] {
  return [
    {
      title: 'Start an export',
      examples: [
        start('Changed SKUs', '/update'),
        start('All SKUs', '/export'),
        start(`SKUs from id ${skuId} on`, `/export/start/${skuId}`),
        start('One seller', '/export/seller/1'),
        start('Changes of the last hour', '/export/time/60'),
        start('Changes of the last hour, one seller', '/export/seller/1/time/60'),
        start('Try every connection', '/check?format=text'),
        start('Dry run: report what an update would send', '/update?dryRun=true'),
      ],
    },
    {
      title: 'Exports and reports',
      examples: [
        { ...get('List the exports', '/exports'), app: true },
        { ...get('Show a report', `/exports/${exportId}`), app: true },
        {
          title: 'Cancel an export (409 for this one: it has ended)',
          method: 'DELETE',
          path: `/exports/${exportId}`,
          app: true,
        },
      ],
    },
  ]
}

function vtexSection(skuId: number): Section {
  const sku = `/stock/${skuId}`
  return {
    title: 'VTEX stock',
    examples: [
      get(`Show SKU ${skuId}`, sku),
      post('Sell one unit', `${sku}/sell`, { units: 1 }),
      post('Set the stock of a warehouse', sku, { warehouseId: '1_1', total: 500, reserved: 0 }),
      post('Change its reference', sku, { refId: `NEW-${skuId}` }),
      post('Sell all units', '/flash-sale', { skuIds: [skuId] }),
      {
        title: "Hide it from the catalog's list of SKUs",
        method: 'PUT',
        path: '/catalog',
        body: { unlisted: { skus: [skuId] } },
      },
      { title: 'Delete it', method: 'DELETE', path: sku },
      get('Show how notifications are delivered', '/broadcaster'),
    ],
  }
}

function sellerSection(other: Examples['other']): Section[] {
  if (other === undefined) return []
  const sku = `/sellers/${other.sellerId}/skus/${other.skuId}`
  return [
    {
      title: 'Marketplace seller (no change notifications)',
      examples: [
        get('Show its offer', sku),
        post('Change the quantity', sku, { quantity: 3 }),
        post('Deactivate the offer', sku, { active: false }),
        post('Deactivate the seller', `/sellers/${other.sellerId}`, { active: false }),
        start('Export the seller', `/export/seller/${other.sellerId}`),
      ],
    },
  ]
}

function centraSection(stockItemId: number | undefined): Section[] {
  if (stockItemId === undefined) return []
  const row = `/centra/rows/${stockItemId}`
  return [
    {
      title: 'Centra stock',
      examples: [
        get(`Show row ${stockItemId}`, row),
        post('Sell one unit', `${row}/sell`, { units: 1 }),
        post('Restock it', `${row}/restock`, { units: 10 }),
        post('Deactivate it', row, { active: false }),
        get('Show the requests to its API', '/centra/calls'),
      ],
    },
  ]
}

function intershopSection(offerSku: string): Section {
  const sku = encodeURIComponent(offerSku).replace(/'/g, '%27')
  return {
    title: 'Intershop',
    examples: [
      get('Show an offer', `/intershop/inventory?sku=${sku}`),
      get('List the files', '/intershop/files'),
      post('Pause the importer', '/intershop/pause'),
      post('Resume the importer', '/intershop/resume'),
      get('Compare with VTEX and Centra', '/compare'),
    ],
  }
}

const PLATFORM: Section = {
  title: 'VTEX IO',
  examples: [
    get("Show the app's settings", '/settings'),
    get('Show its schedules', '/scheduler'),
    post('Fail every tenth request of the app with 503', '/faults', {
      upstream: '*',
      kind: 'status',
      status: 503,
      share: 0.1,
    }),
    { title: 'Remove all faults', method: 'DELETE', path: '/faults' },
    post('Kill a worker', '/replicas/0/kill'),
  ],
}
