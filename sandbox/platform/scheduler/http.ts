import type { IncomingMessage, RequestListener } from 'node:http'
import { z } from 'zod'
import { BodyTooLarge, decodePercent, readBody, sendJson } from '../../common/http'
import { type Entry, entrySchema } from './entry'
import { BadExpression } from './expression'
import type { Scheduled, Scheduler } from './scheduler'

const MAX_BODY = 2 ** 20
const VERSION = '4'
const URL = /^\/api\/scheduler\/([^/?]+)\/([^/?]+)(?:\/([^/?]+))?\/?(?:\?(.*))?$/

/** Path prefix of the scheduler's API. */
export const SCHEDULER_PATH = '/api/scheduler/'

interface SchedulerRequest {
  app: string
  id: string | undefined
  method: string
  body: () => Promise<Entry>
}

interface SchedulerResponse {
  status: number
  body: unknown
}

const failure = (status: number, code: string, message: string): SchedulerResponse => ({
  status,
  body: { code, message },
})

/**
 * The scheduler's API: `/api/scheduler/{workspace}/{app}?version=4`: GET lists, PUT creates or replaces, POST creates;
 * `GET|DELETE .../{id}?version=4`. 401 without the app's credential in `VtexIdclientAutCookie`, 400 for an invalid
 * entry, 404 for another workspace or an unknown id.
 */
export function createSchedulerListener(
  scheduler: Scheduler,
  whose: { workspace: string; credential: string }
): RequestListener {
  return (request, response) => {
    const [, workspace = '', app = '', id, query] = URL.exec(request.url ?? '') ?? []
    const version = new URLSearchParams(query).get('version')
    const serve = async (): Promise<SchedulerResponse> => {
      if (request.headers.vtexidclientautcookie !== whose.credential) {
        return failure(401, 'Unauthorized', "VtexIdclientAutCookie is not the app's credential")
      }
      if (decodePercent(workspace) !== whose.workspace) {
        return failure(404, 'NotFound', `no scheduler at ${request.url}`)
      }
      if (version !== VERSION) return failure(400, 'BadRequest', `expected version=${VERSION}`)
      return handle(scheduler, whose.workspace, {
        app: decodePercent(app),
        id: id && decodePercent(id),
        method: request.method ?? 'GET',
        body: () => readEntry(request),
      })
    }
    serve()
      .catch(errorResponse)
      .then(({ status, body }) => {
        request.resume()
        if (body === undefined) response.writeHead(status).end()
        else sendJson(response, status, body)
      })
  }
}

async function handle(
  scheduler: Scheduler,
  workspace: string,
  { app, id, method, body }: SchedulerRequest
): Promise<SchedulerResponse> {
  if (id === undefined) {
    if (method === 'GET') {
      return ok(scheduler.list(app).map((each) => toJson(each, workspace)))
    }
    if (method !== 'PUT' && method !== 'POST') return notAllowed(method)
    const entry = await body()
    if (method === 'POST' && scheduler.get(app, entry.id)) {
      return failure(409, 'Conflict', `${app} has an entry ${entry.id}`)
    }
    return ok(toJson(await scheduler.put(app, entry), workspace))
  }
  if (method === 'DELETE') {
    return (await scheduler.delete(app, id)) ? { status: 204, body: undefined } : unknown(app, id)
  }
  if (method !== 'GET') return notAllowed(method)
  const found = scheduler.get(app, id)
  return found ? ok(toJson(found, workspace)) : unknown(app, id)
}

const ok = (body: unknown): SchedulerResponse => ({ status: 200, body })
const unknown = (app: string, id: string) => failure(404, 'NotFound', `${app} has no entry ${id}`)
const notAllowed = (method: string) => failure(405, 'NotAllowed', `${method} is not allowed here`)

/** An entry as VTEX IO returns it. */
export function toJson({ app, entry, next }: Scheduled, workspace: string) {
  const { id, request, retry, scheduler } = entry
  const { expression, endDate } = scheduler
  const NextExecution = next === undefined ? null : new Date(next).toISOString()
  return { id, workspace, app, request, retry, attempt: 0, endDate, expression, NextExecution }
}

async function readEntry(request: IncomingMessage): Promise<Entry> {
  return entrySchema.parse(JSON.parse(String(await readBody(request, MAX_BODY))))
}

function errorResponse(error: unknown): SchedulerResponse {
  if (error instanceof z.ZodError) return failure(400, 'BadRequest', z.prettifyError(error))
  if (error instanceof BodyTooLarge) return failure(413, 'TooLarge', error.message)
  if (error instanceof BadExpression || error instanceof SyntaxError) {
    return failure(400, 'BadRequest', error.message)
  }
  return failure(500, 'Error', String(error))
}
