import { randomBytes } from 'crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'http'
import { z } from 'zod'
import { readBody, sendJson } from '../../../common/http'
import type { Inventory } from '../inventory'
import {
  ICM_BASE,
  ICM_DOMAIN,
  ICM_HOST,
  ICM_LOCALE,
  ICM_ORGANIZATION,
  ICM_PASSWORD,
  ICM_UNIT,
  ICM_USER,
} from './access'
import type { BatchProcesses } from './batch-processes'
import type { IcmBehaviour } from './behaviour'
import { readFormData } from './form-data'

const MAX_BODY = 64 * 2 ** 20
const MOST_SKUS = 100
const INVENTORY_TYPE = 'application/vnd.intershop.inventory.v1+json'

const parametersSchema = z.strictObject({
  filename: z.string(),
  mode: z.literal('UPDATE'),
  unitname: z.literal(ICM_UNIT),
  targetdomainname: z.literal(ICM_DOMAIN),
  locale: z.literal(ICM_LOCALE),
})
const attributesSchema = z.strictObject({
  attributes: z.array(z.strictObject({ name: z.string(), value: z.string() })),
})

/** An answer that reports an error. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string
  ) {
    super(code)
  }
}

/** The REST API's state besides its batch processes. */
export interface IcmRest {
  behaviour: IcmBehaviour
  batches: BatchProcesses
  inventory: Inventory
  tokens: Tokens
}

/** The tokens that were issued. */
export class Tokens {
  private readonly until = new Map<string, number>()
  /** How many were issued. */
  issued = 0

  issue(lifetime: number): string {
    this.issued++
    const token = randomBytes(24).toString('base64url')
    this.until.set(token, Date.now() + lifetime)
    return token
  }

  accepts(authorization = ''): boolean {
    const until = this.until.get(authorization.replace(/^Bearer /, ''))
    return authorization.startsWith('Bearer ') && until !== undefined && until > Date.now()
  }

  revokeAll(): void {
    this.until.clear()
  }
}

/** The part of ICM's REST API that batch processes and stock use: `/token`, `/batchprocesses`, `/inventories`. */
export function icmListener(rest: IcmRest): RequestListener {
  return (request, response) => {
    answer(rest, request, response).catch((error: unknown) => {
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'server.error')
      const { status, code } = refusal
      sendJson(response, status, {
        code,
        // What a real server says is for people, and may repeat what it was sent.
        message: `Not accepted: ${request.method} ${request.headers.authorization ?? ''}`,
        level: 'ERROR',
        status: String(status),
        paths: [],
        parameters: {},
        causes: [],
      })
    })
  }
}

async function answer(rest: IcmRest, request: IncomingMessage, response: ServerResponse) {
  const { pathname, searchParams } = new URL(request.url ?? '/', `https://${ICM_HOST}`)
  const body = await readBody(request, MAX_BODY)
  if (!pathname.startsWith(`${ICM_BASE}/`)) throw new Refusal(404, 'site.unknown')
  const path = pathname.slice(ICM_BASE.length)
  if (path === '/token') return sendJson(response, 200, tokenFor(rest, request, body))
  if (!rest.tokens.accepts(request.headers.authorization)) {
    throw new Refusal(401, 'authentication.token.invalid')
  }
  const call = `${request.method} ${path}`
  const [, upload] = /^DELETE \/batchprocesses\/uploads\/([^/]+)$/.exec(call) ?? []
  const [, importId] = /^GET \/batchprocesses\/productimports\/([^/]+)$/.exec(call) ?? []
  if (upload !== undefined) {
    if (!rest.batches.removeUpload(decodeURIComponent(upload))) {
      throw new Refusal(404, 'upload.unknown')
    }
    response.writeHead(204).end()
  } else if (importId !== undefined) sendJson(response, 200, importState(rest, importId))
  else if (call === 'POST /batchprocesses/uploads')
    sendJson(response, 200, uploaded(rest, request, body))
  else if (call === 'POST /batchprocesses/productimports') {
    sendJson(response, 201, started(rest, request, body))
  } else if (call === 'GET /inventories') {
    sendJson(response, 200, inventories(rest, request, searchParams.getAll('sku')))
  } else throw new Refusal(404, 'resource.unknown')
}

function tokenFor({ behaviour, tokens }: IcmRest, request: IncomingMessage, body: Buffer) {
  const { authorization, 'content-type': type } = request.headers
  if (request.method !== 'POST') throw new Refusal(405, 'method.unknown')
  if (type !== 'application/x-www-form-urlencoded') throw new Refusal(415, 'media.unsupported')
  const form = new URLSearchParams(body.toString('utf8'))
  if (form.get('grant_type') !== 'client_credentials') throw new Refusal(400, 'grant.unknown')
  const basic = Buffer.from(`${ICM_USER}:${ICM_PASSWORD}`).toString('base64')
  const isKnown =
    authorization === `Basic ${basic}` && form.get('organization') === ICM_ORGANIZATION
  if (!isKnown) throw new Refusal(401, 'authentication.failed')
  return {
    access_token: tokens.issue(behaviour.tokenMs),
    expires_in: behaviour.tokenMs / 1_000,
    token_type: 'user',
  }
}

function uploaded({ batches }: IcmRest, request: IncomingMessage, body: Buffer) {
  const parts = readFormData(request.headers['content-type'] ?? '', body)
  if (!parts) throw new Refusal(415, 'media.unsupported')
  const { fileName, content } = parts.get('file') ?? { content: '' }
  const isRight =
    parts.size === 3 &&
    parts.get('type')?.content === 'Product' &&
    parts.get('fileType')?.content === 'XML'
  if (!isRight || fileName === undefined) throw new Refusal(400, 'upload.invalid')
  batches.upload(fileName, content)
  const uri = `${ICM_BASE}/batchprocesses/uploads/${encodeURIComponent(fileName)}`
  return { fileName, location: 'impex/src', uri, fileCreationTime: Date.now() }
}

function started({ batches, behaviour }: IcmRest, request: IncomingMessage, body: Buffer) {
  if (request.headers['content-type'] !== 'application/json') {
    throw new Refusal(415, 'media.unsupported')
  }
  const found = parametersSchema.safeParse(parametersIn(body.toString('utf8'), behaviour.style))
  if (!found.success) throw new Refusal(422, 'import.parameters.invalid')
  if (batches.isRunning) throw new Refusal(409, 'import.running')
  const id = batches.start(found.data.filename)
  if (id === undefined) throw new Refusal(404, 'upload.unknown')
  return { uri: `${ICM_BASE}/batchprocesses/productimports/${id}` }
}

function parametersIn(text: string, style: IcmBehaviour['style']): unknown {
  try {
    const content: unknown = JSON.parse(text)
    if (style === 'flat') return content
    const { attributes } = attributesSchema.parse(content)
    return Object.fromEntries(attributes.map(({ name, value }) => [name, value]))
  } catch {
    throw new Refusal(400, 'content.invalid')
  }
}

function importState({ batches }: IcmRest, id: string) {
  const found = batches.view(id)
  if (!found) throw new Refusal(404, 'import.unknown')
  const { status, progressValue, progressSize, endDate, errors } = found
  return {
    status,
    process: { status, progressValue, progressSize, ...(endDate !== undefined && { endDate }) },
    ...(errors.length > 0 && { errors }),
  }
}

function inventories({ inventory }: IcmRest, request: IncomingMessage, skus: readonly string[]) {
  if (request.headers.accept !== INVENTORY_TYPE) throw new Refusal(406, 'media.unacceptable')
  if (skus.length === 0 || skus.length > MOST_SKUS) throw new Refusal(400, 'sku.count')
  const data = skus.flatMap((sku) => {
    const offer = inventory.get(sku)
    return offer?.quantity === undefined
      ? []
      : [{ sku, availableStock: offer.quantity, inStock: offer.available === true }]
  })
  return { data, errors: [], infos: [] }
}
