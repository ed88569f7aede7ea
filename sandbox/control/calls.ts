import { z } from 'zod'
import {
  courierBehaviourSchema,
  faultRuleSchema,
  limitRuleSchema,
  vbaseBehaviourSchema,
} from '../platform'
import { behaviourSchema as centraBehaviour } from '../world/centra/behaviour'
import * as centra from '../world/centra/control'
import { behaviourSchema as broadcasterBehaviour } from '../world/commerce/broadcaster/behaviour'
import * as commerce from '../world/commerce/control'
import * as sellers from '../world/commerce/seller-control'
import { behaviourSchema as icmBehaviour } from '../world/intershop/rest/behaviour'
import { sftpFaultsSchema } from '../world/intershop/sftp/sftp-faults'

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** A call of the control API. A test compares this table with the routes that are registered. */
export interface ControlCall {
  group: string
  method: Method
  /** As registered, below `/_sandbox`. */
  path: string
  effect: string
  body?: z.ZodType
  /** A body that works. */
  example?: object
  query?: readonly string[]
}

interface More {
  body?: z.ZodType
  example?: object
  query?: readonly string[]
}

const call = (method: Method, path: string, effect: string, more: More = {}) => ({
  method,
  path,
  effect,
  ...more,
})
const get = (path: string, effect: string, ...query: string[]) =>
  call('GET', path, effect, query.length > 0 ? { query } : {})
const remove = (path: string, effect: string) => call('DELETE', path, effect)

const GROUPS = {
  'The sandbox': [
    get('/', 'this page'),
    get('/calls', 'this list'),
    get('/offers/:skuId', 'the offers of a SKU: what they should be, and what Intershop has'),
    get('/compare', 'Intershop against VTEX and Centra: counts, and examples of differences'),
  ],
  'VTEX stock': [
    get('/stock/:skuId', 'a SKU with its balances'),
    call('POST', '/stock/:skuId', 'change a SKU: one of these bodies', {
      body: commerce.changeSchema,
      example: { warehouseId: '1_1', total: 500, reserved: 0 },
    }),
    remove('/stock/:skuId', 'delete a SKU'),
    call('POST', '/stock/:skuId/sell', 'sell units', {
      body: commerce.saleSchema,
      example: { units: 1 },
    }),
    call('POST', '/flash-sale', 'sell all units of these SKUs', {
      body: commerce.flashSaleSchema,
      example: { skuIds: [2, 5] },
    }),
    get('/catalog', 'delay of the catalog, and SKUs that it hides'),
    call('PUT', '/catalog', 'delay changes of the catalog (ms), hide SKUs from its list', {
      body: commerce.catalogSchema,
      example: { unlisted: { skus: [2] } },
    }),
    get('/broadcaster', 'faults of change notifications, and counts'),
    call('PUT', '/broadcaster', 'set these faults: shares from 0 to 1, times in ms', {
      body: broadcasterBehaviour.partial(),
      example: { lost: 0.5 },
    }),
  ],
  'VTEX marketplace': [
    get('/sellers', 'the sellers'),
    call('PUT', '/sellers', 'how their offers are reported', {
      body: sellers.shapeSchema,
      example: { pascalCase: true },
    }),
    call('POST', '/sellers/:sellerId', 'activate or deactivate a seller', {
      body: sellers.sellerSchema,
      example: { active: false },
    }),
    get('/sellers/:sellerId/skus/:skuId', "a seller's offer"),
    call('POST', '/sellers/:sellerId/skus/:skuId', 'change it, or bind the SKU', {
      body: sellers.bindingSchema,
      example: { quantity: 3 },
    }),
    remove('/sellers/:sellerId/skus/:skuId', 'remove the binding'),
    call('PUT', '/sellers/:sellerId/unlisted', "hide bindings from the seller's list", {
      body: sellers.unlistedSchema,
      example: { all: true },
    }),
  ],
  Centra: [
    get('/centra', 'its behaviour, and the number of rows'),
    call('PUT', '/centra', 'change the given fields of its behaviour', {
      body: centraBehaviour.partial(),
      example: { fails: true },
    }),
    get('/centra/rows', 'the first 20 rows of stock'),
    call('POST', '/centra/rows', 'add a row', {
      body: centra.newRowSchema,
      example: { sku: 'NEW', physicalStock: 5 },
    }),
    get('/centra/rows/:stockItemId', 'a row and its VTEX SKU'),
    call('POST', '/centra/rows/:stockItemId', 'change a row: stock, or the other fields', {
      body: centra.changeSchema,
      example: { physicalStock: 5 },
    }),
    remove('/centra/rows/:stockItemId', 'delete a row'),
    call('POST', '/centra/rows/:stockItemId/sell', 'sell units', {
      body: centra.unitsSchema,
      example: { units: 1 },
    }),
    call('POST', '/centra/rows/:stockItemId/restock', 'add units', {
      body: centra.unitsSchema,
      example: { units: 10 },
    }),
    get('/centra/calls', 'requests to its API by parameter names'),
    remove('/centra/calls', 'reset their counts'),
  ],
  Intershop: [
    get('/intershop/inventory', 'its offers; without `sku` the first 20', 'sku'),
    get('/intershop/files', 'files waiting for import, imported and rejected ones'),
    get('/intershop/importer', "the importer's state"),
    call('POST', '/intershop/:action(pause|resume|import)', 'stop, start or run the importer'),
    get('/intershop/sftp', 'faults of the SFTP server'),
    call('PUT', '/intershop/sftp', 'set these faults: counts, shares from 0 to 1, times in ms', {
      body: sftpFaultsSchema.partial(),
      example: { refuse: true },
    }),
    get('/intershop/rest', "the behaviour of ICM's REST API"),
    call('PUT', '/intershop/rest', 'change the given fields', {
      body: icmBehaviour.partial(),
      example: { importMs: 5_000 },
    }),
    remove('/intershop/rest/tokens', 'revoke all tokens'),
  ],
  Alerts: [
    get('/mails', 'mails that the app sent'),
    get('/mails/templates', 'their templates'),
    remove('/mails/templates/:name', 'lose a template'),
    get('/webhook', 'alerts that the webhook got'),
  ],
  'VTEX IO': [
    get('/settings', "the app's settings"),
    call('PUT', '/settings', 'replace all of them', {
      body: z.record(z.string(), z.unknown()),
      example: { token: 'sandbox-token' },
    }),
    get('/scheduler', 'schedules that the app registered, and their last calls'),
    call('POST', '/scheduler/:id/run', 'call one now'),
    get('/faults', "faults of the app's requests"),
    call('POST', '/faults', 'add a fault', {
      body: faultRuleSchema,
      example: { upstream: '*', kind: 'status', status: 503, share: 0.1 },
    }),
    remove('/faults', 'remove all'),
    remove('/faults/:id', 'remove one'),
    get('/limits', 'rate limits of the upstreams'),
    call('POST', '/limits', 'add a limit', {
      body: limitRuleSchema,
      example: { upstream: '*', perSecond: 50 },
    }),
    remove('/limits', 'remove all'),
    remove('/limits/:id', 'remove one'),
    get('/replicas', 'the worker processes of the app'),
    call('POST', '/replicas/:index/kill', 'kill one: SIGKILL, or another signal', {
      query: ['signal'],
    }),
    get('/vbase', 'its behaviour'),
    call('PUT', '/vbase', 'change the given fields', {
      body: vbaseBehaviourSchema.partial(),
      example: { staleReads: 300 },
    }),
    get('/vbase/:bucket', 'names of documents', 'prefix'),
    get('/vbase/:bucket/:path(.+)', 'one document'),
    call('PUT', '/vbase/:bucket/:path(.+)', 'put a document there', {
      body: z.looseObject({}),
      example: { v: 1 },
    }),
    remove('/vbase/:bucket/:path(.+)', 'remove it'),
    get('/courier', 'its behaviour, counts and waiting events'),
    call('PUT', '/courier', 'change the given fields', {
      body: courierBehaviourSchema.partial(),
      example: { delay: 500 },
    }),
    get('/requests', "the app's requests by upstream"),
    remove('/requests', 'reset their counts'),
    get('/not-simulated', 'what the app used that is not simulated'),
    get('/private/:path(.+)', 'call a private route of the app'),
    call('POST', '/private/:path(.+)', 'the same'),
    call('PUT', '/private/:path(.+)', 'the same'),
    remove('/private/:path(.+)', 'the same'),
    call('POST', '/install', 'send an installation event', { query: ['id', 'shape'] }),
  ],
} satisfies Record<string, readonly Omit<ControlCall, 'group'>[]>

/** All of them, in the order of the page. */
export const CONTROL_CALLS: readonly ControlCall[] = Object.entries<
  readonly Omit<ControlCall, 'group'>[]
>(GROUPS).flatMap(([group, calls]) => calls.map((each) => ({ group, ...each })))

/** A field of a body. */
export interface Field {
  name: string
  type: string
  optional: boolean
}

interface JsonSchema {
  type?: string
  enum?: readonly unknown[]
  const?: unknown
  items?: JsonSchema
  anyOf?: readonly JsonSchema[]
  properties?: Readonly<Record<string, JsonSchema>>
  required?: readonly string[]
}

/** The fields of a call's body; of a body with several forms, those of each form. */
export function fieldsOf({ body }: ControlCall): Field[][] {
  if (!body) return []
  const options = { io: 'input', unrepresentable: 'any' } as const
  const schema = z.toJSONSchema(body, options) as JsonSchema
  return (schema.anyOf ?? [schema]).map(({ properties = {}, required = [] }) =>
    Object.entries(properties).map(([name, field]) => ({
      name,
      type: typeOf(field),
      optional: !required.includes(name),
    }))
  )
}

function typeOf({ type, enum: values, const: only, items, anyOf, properties }: JsonSchema): string {
  if (only !== undefined) return JSON.stringify(only)
  if (values) return values.map((value) => JSON.stringify(value)).join(' | ')
  if (anyOf) return anyOf.map(typeOf).join(' | ')
  if (items) return `[${typeOf(items)}]`
  return properties ? `{${Object.keys(properties).join(', ')}}` : (type ?? 'any')
}
