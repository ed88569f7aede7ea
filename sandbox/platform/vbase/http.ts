import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { BodyTooLarge, decodePercent, readBody, sendJson } from '../../common/http'
import type { NotSimulated } from '../not-simulated'
import { createDocument, type VBaseDocument } from './document'
import { PreconditionFailed, type VBaseStore } from './store'

const MAX_BODY = 64 * 2 ** 20
const BUCKET_URL = /^\/vbase\/v2\/([^/]+)\/([^/]+)\/buckets\/([^/]+)\/([^/]+)(?:\/(.*))?$/

/** The app that owns the files. */
interface Owner {
  account: string
  workspace: string
  /** `{vendor}.{name}` */
  owner: string
}

interface Exchange {
  store: VBaseStore
  bucket: string
  request: IncomingMessage
  response: ServerResponse
  notSimulated: NotSimulated
}

/** VBase's API for files and listings, as the client of @vtex/api uses it (lib/clients/infra/VBase.js). */
export function createVBaseListener(
  store: VBaseStore,
  whose: Owner,
  notSimulated: NotSimulated
): RequestListener {
  return (request, response) => {
    // Not parsed as URL, which would remove dot segments from a file's path.
    const [pathname = '/', query] = (request.url ?? '/').split('?', 2)
    const [, account, workspace, owner, bucket, rest] = BUCKET_URL.exec(pathname) ?? []
    const own = account === whose.account && workspace === whose.workspace && owner === whose.owner
    if (!own || bucket === undefined) {
      sendJson(response, 404, { code: 'NotFound', message: `no bucket at ${pathname}` })
      return
    }
    const exchange = { store, bucket: decodePercent(bucket), request, response, notSimulated }
    serve(exchange, rest ?? '', new URLSearchParams(query)).catch((error) => fail(response, error))
  }
}

async function serve(exchange: Exchange, rest: string, query: URLSearchParams): Promise<void> {
  const { request, response, notSimulated } = exchange
  if (rest.startsWith('files/') && rest !== 'files/') {
    const path = decodePercent(rest.slice('files/'.length))
    const serveFile = FILE_METHODS[request.method ?? '']
    if (serveFile !== undefined && !query.has('unzip')) {
      return serveFile(exchange, path)
    }
  } else if (/^files\/?$/.test(rest) && request.method === 'GET') {
    return list(exchange, query)
  } else if (/^files\/?$/.test(rest) && request.method === 'DELETE') {
    return reset(exchange)
  }
  const feature = rest === 'conflicts' ? 'conflicts of VBase' : 'this call of VBase'
  notSimulated.refuse(feature, request, response)
}

const FILE_METHODS: Record<string, (exchange: Exchange, path: string) => Promise<void>> = {
  GET: get,
  HEAD: get,
  PUT: put,
  DELETE: remove,
}

async function get({ store, bucket, request, response }: Exchange, path: string): Promise<void> {
  const document = await store.read(bucket, path)
  if (document === undefined) {
    notFound(response, path)
    return
  }
  const etag = `"${document.hash}"`
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, { etag }).end()
    return
  }
  const { body, encoding } = negotiate(document, request.headers['accept-encoding'])
  response.writeHead(200, {
    'content-type': document.contentType,
    'content-length': body.length,
    etag,
    ...(encoding && { 'content-encoding': encoding }),
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function put({ store, bucket, request, response }: Exchange, path: string): Promise<void> {
  const { 'content-type': contentType, 'content-encoding': contentEncoding } = request.headers
  const document = createDocument(
    {
      path,
      contentType: contentType ?? 'application/octet-stream',
      ...(contentEncoding && { contentEncoding }),
    },
    await readBody(request, MAX_BODY)
  )
  await store.write(bucket, document, request.headers['if-match'])
  response.setHeader('etag', `"${document.hash}"`)
  sendJson(response, 200, [{ path, hash: document.hash }])
}

async function remove({ store, bucket, request, response }: Exchange, path: string): Promise<void> {
  const deleted = await store.delete(bucket, path, request.headers['if-match'])
  if (!deleted && store.behaviour.missingDelete === 404) {
    notFound(response, path)
  } else {
    response.writeHead(204).end()
  }
}

async function list({ store, bucket, response }: Exchange, query: URLSearchParams): Promise<void> {
  const limit = Number(query.get('limit') ?? Number.NaN)
  const page = await store.list(bucket, {
    prefix: query.get('prefix') ?? '',
    next: query.get('next') ?? '',
    ...(limit >= 1 && { limit }),
  })
  sendJson(response, 200, { ...page, next: page.next ?? null })
}

async function reset({ store, bucket, response }: Exchange): Promise<void> {
  await store.clear(bucket)
  response.writeHead(204).end()
}

function negotiate(
  { body, contentEncoding }: VBaseDocument,
  accepted: string | string[] | undefined
): { body: Buffer; encoding?: string } {
  if (contentEncoding === undefined) {
    return { body }
  }
  return contentEncoding === 'gzip' && !String(accepted ?? '').includes('gzip')
    ? { body: gunzipSync(body) }
    : { body, encoding: contentEncoding }
}

function notFound(response: ServerResponse, path: string): void {
  sendJson(response, 404, { code: 'FileNotFound', message: `there is no file ${path}` })
}

function fail(response: ServerResponse, error: unknown): void {
  if (error instanceof PreconditionFailed) {
    sendJson(response, 412, { code: 'PreconditionFailed', message: error.message })
  } else if (error instanceof BodyTooLarge) {
    sendJson(response, 413, { code: 'BodyTooLarge', message: error.message })
  } else if (!response.headersSent && !response.destroyed) {
    sendJson(response, 500, { code: 'InternalError', message: String(error) })
  }
}
