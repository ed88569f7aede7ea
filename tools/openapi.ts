// `npm run openapi` writes docs/openapi.yaml from the schemas of the answers and their parameters (node/status, and
// node/exports/exportAnswers.ts), and one example each from openapiExamples.ts. With --check it writes nothing, and
// fails where the file is not up to date, or is no valid OpenAPI 3.1.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { z } from 'zod'
import { STOCK } from '../node/common/paths'
import * as exportAnswers from '../node/exports/exportAnswers'
import * as answers from '../node/status/answers'
import * as parameters from '../node/status/parameters'
import * as examples from './openapiExamples'

const ROOT = join(__dirname, '..')
const TARGET = join(ROOT, 'docs', 'openapi.yaml')

const schemas = {
  ExportSummary: exportAnswers.exportSummary,
  ExportReport: exportAnswers.exportReport,
  ExportList: exportAnswers.exportList,
  FailurePage: exportAnswers.failurePage,
  ExportHeldPage: exportAnswers.exportHeldPage,
  Status: answers.statusAnswer,
  Sku: answers.skuAnswer,
  HeldPage: answers.heldPage,
  HeldAccepted: answers.heldAccepted,
  Error: exportAnswers.error,
}

const exampleOf: Record<keyof typeof schemas, unknown> = {
  ExportSummary: examples.exportSummary,
  ExportReport: examples.exportReport,
  ExportList: examples.exportList,
  FailurePage: examples.failurePage,
  ExportHeldPage: examples.exportHeldPage,
  Status: examples.statusAnswer,
  Sku: examples.skuAnswer,
  HeldPage: examples.heldPage,
  HeldAccepted: examples.heldAccepted,
  Error: examples.errorAnswer,
}

type Name = keyof typeof schemas

/** Without its dialect: OpenAPI 3.1 names it for all. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output' = 'output') {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
  return rest
}

const json = (name: Name) => ({
  'application/json': {
    schema: { $ref: `#/components/schemas/${name}` },
    example: exampleOf[name],
  },
})

const text = (type: string, example: string) => ({
  [type]: { schema: { type: 'string' }, example },
})

const noStore = { 'cache-control': { schema: { type: 'string', const: 'no-store' } } }

const says = (description: string, content?: object, headers = {}) => ({
  description,
  headers: { ...noStore, ...headers },
  ...(content && { content }),
})

const failure = (description: string) => says(description, json('Error'))

/** What every route may respond. */
const always = {
  401: says('token is missing or wrong, or none is set; no body'),
  405: failure('Another method; allow names the right ones'),
  500: failure('A bug of the app'),
  503: failure('Settings or VBase do not respond'),
}

const inPath = (name: string, schema: z.ZodType, description: string) => ({
  ...{ name, in: 'path', required: true, description, schema: schemaOf(schema) },
})

const inQuery = (query: z.ZodObject) =>
  Object.entries(query.shape).map(([name, schema]) => {
    const { description, ...rest } = schemaOf(schema as z.ZodType)
    return { name, in: 'query', ...(description && { description }), schema: rest }
  })

const get = (
  operationId: string,
  summary: string,
  response: object,
  { parameters: given = [], more = {} }: { parameters?: object[]; more?: object } = {}
) => ({
  get: {
    ...{ operationId, summary, security: [{ token: [] }] },
    ...(given.length > 0 && { parameters: given }),
    responses: { 200: response, 400: failure('A wrong parameter'), ...more, ...always },
  },
})

const exportId = inPath('exportId', parameters.exportId, 'The value of x-export-id')
const unknownExport = { 404: failure('No such export, or older than 30 days') }

const items = (list: string, name: Name, csv: string) =>
  get(
    `list${list}`,
    `All ${list.toLowerCase()} offers of an export, in pages`,
    says(
      'A page',
      { ...json(name), ...text('text/csv', csv) },
      {
        link: { description: 'CSV: the next page', schema: { type: 'string' } },
      }
    ),
    { parameters: [exportId, ...inQuery(parameters.itemsQuery)], more: unknownExport }
  )

const trigger = {
  ...{ name: 'x-intershop-trigger', in: 'header', description: 'Who starts it' },
  schema: { type: 'string', enum: [...exportAnswers.TRIGGERS], default: 'api' },
}

const decide = (operationId: string, summary: string) => ({
  post: {
    ...{ operationId, summary, security: [{ token: [] }], parameters: [trigger] },
    requestBody: {
      required: true,
      content: {
        'application/json': {
          schema: schemaOf(answers.heldSelection, 'input'),
          example: examples.heldSelection,
        },
      },
    },
    responses: {
      202: says('Accepted and durable; its report says what was done', json('HeldAccepted')),
      400: failure('A wrong field'),
      413: failure('The body is over 64 kB'),
      429: failure('32 exports are queued'),
      ...always,
    },
  },
})

const accepts = (operationId: string, summary: string, given: object[] = []) => ({
  post: {
    ...{ operationId, summary, security: [{ token: [] }] },
    parameters: [
      ...given,
      ...['dryRun', 'force'].map((name) => ({
        ...{ name, in: 'query', schema: { type: 'boolean', default: false } },
      })),
      trigger,
    ],
    responses: {
      200: says('Accepted and durable; no body', undefined, {
        'x-export-id': { schema: { type: 'string' } },
        location: { schema: { type: 'string' } },
      }),
      400: failure('A wrong parameter'),
      404: failure('Unknown seller'),
      413: failure('A body over 16 kB'),
      429: failure('32 exports are queued'),
      ...always,
    },
  },
})

const number = (name: string, least: number, most: number) => ({
  ...{ name, in: 'path', required: true },
  schema: { type: 'integer', minimum: least, maximum: most },
})
const startId = number('startId', 0, Number.MAX_SAFE_INTEGER)
const minutes = number('minutes', 1, 43_200)
const sellerId = {
  ...{ name: 'sellerId', in: 'path', required: true },
  schema: { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,100}$' },
}

const { delete: cancelled, ...oneExport } = {
  ...get('showExport', 'The report of an export', says('The report', json('ExportReport')), {
    ...{ parameters: [exportId], more: unknownExport },
  }),
  delete: {
    ...{ operationId: 'cancelExport', summary: 'Cancels an export' },
    ...{ security: [{ token: [] }], parameters: [exportId] },
    responses: {
      202: says('It takes effect with the next step; no body'),
      ...unknownExport,
      409: failure('It has ended already'),
      ...always,
    },
  },
}

const paths = {
  '/update': accepts('update', 'Exports the changed SKUs'),
  '/export': accepts('exportAll', 'Exports every SKU'),
  '/export/start/{startId}': accepts('exportFrom', 'Exports SKUs from an id on', [startId]),
  '/export/seller/{sellerId}': accepts('exportSeller', "Exports a seller's offers", [sellerId]),
  '/export/time/{minutes}': accepts('exportWindow', 'Exports what changed lately', [minutes]),
  '/export/seller/{sellerId}/time/{minutes}': accepts('exportSellerWindow', 'Both', [
    ...[sellerId, minutes],
  ]),
  '/status': get(
    'showStatus',
    'Whether stock reaches Intershop',
    says('The state', json('Status')),
    {
      parameters: inQuery(parameters.statusQuery),
      more: {},
    }
  ),
  '/metrics': get(
    'showMetrics',
    'The state for Prometheus',
    says('Prometheus text format 0.0.4', text('text/plain', examples.metrics))
  ),
  '/skus/{skuId}': get('showSku', 'A SKU in Intershop', says('Its offers', json('Sku')), {
    parameters: [inPath('skuId', parameters.skuId, 'VTEX SKU id'), ...inQuery(parameters.skuQuery)],
  }),
  '/held': get('listHeld', 'Held offers, in pages', says('A page', json('HeldPage')), {
    parameters: inQuery(parameters.heldQuery),
  }),
  '/held/release': decide('releaseHeld', 'Sends held offers as they are now'),
  '/held/dismiss': decide(
    'dismissHeld',
    'Keeps what was sent last, and holds these offers no longer'
  ),
  '/exports': get('listExports', 'Exports, newest first', says('A page', json('ExportList')), {
    parameters: inQuery(parameters.exportsQuery),
  }),
  '/exports/{exportId}': { ...oneExport, delete: cancelled },
  '/exports/{exportId}/failures': items('Failures', 'FailurePage', examples.failuresCsv),
  '/exports/{exportId}/unmapped': items('Unmapped', 'FailurePage', examples.failuresCsv),
  '/exports/{exportId}/held': items('HeldOffers', 'ExportHeldPage', examples.heldCsv),
}

// 503 of /status is its answer, unless it is an error.
const strict = {
  'application/json': {
    schema: {
      anyOf: [{ $ref: '#/components/schemas/Status' }, { $ref: '#/components/schemas/Error' }],
    },
    example: exampleOf.Status,
  },
}
const status = paths['/status'].get
const withStrict = {
  ...status,
  responses: { ...status.responses, 503: says('strict=true: not ok; or an error', strict) },
}

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(join(ROOT, 'manifest.json'), 'utf8')))

const document = {
  openapi: '3.1.0',
  info: {
    title: 'Intershop Integration',
    version,
    description: 'Stock exports from VTEX to Intershop. Generated: npm run openapi.',
  },
  servers: [
    {
      url: `https://{account}.myvtex.com${STOCK}`,
      variables: { account: { default: 'account', description: 'The VTEX account' } },
    },
  ],
  paths: { ...paths, '/status': { get: withStrict } },
  components: {
    securitySchemes: { token: { type: 'apiKey', in: 'header', name: 'token' } },
    schemas: Object.fromEntries(
      Object.entries(schemas).map(([name, schema]) => [name, schemaOf(schema)])
    ),
  },
}

async function main() {
  for (const [name, schema] of Object.entries(schemas)) {
    schema.parse(exampleOf[name as Name])
  }
  const { Validator } = await import('@seriousme/openapi-schema-validator')
  // A copy: the validator changes what it is given.
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  if (!valid) throw new Error(`docs/openapi.yaml would be invalid: ${JSON.stringify(errors)}`)
  const written = stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })
  if (process.argv.includes('--check')) {
    if (readFileSync(TARGET, 'utf8') === written) return
    throw new Error('docs/openapi.yaml is not up to date: npm run openapi')
  }
  writeFileSync(TARGET, written)
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
})
