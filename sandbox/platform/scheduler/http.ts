import type { IncomingMessage, RequestListener } from 'node:http'
import { z } from 'zod'
import { BodyTooLarge, decodePercent, readBody, sendJson } from '../../common/http'
import { type Entry, entrySchema } from './entry'
import { BadExpression } from './expression'
import type { Scheduled, Scheduler } from './scheduler'

const MAX_BODY = 2 ** 20
const VERSION = '4'
const URL = /^\/api\/scheduler\/([^/?]+)\/([^/?]+)(?:\/([^/?]+))?\/?(?:\?(.*))?$/

/** Where the scheduler is among the hosts and paths that an app can call. */
export const SCHEDULER_PATH = '/api/scheduler/'

interface Asked {
  app: string
  id: string | undefined
  method: string
  body: () => Promise<Entry>
}

interface Answer {
  status: number
  body: unknown
}

const refusal = (status: number, code: string, message: string): Answer => ({
  status,
  body: { code, message },
})

/**
 * The scheduler as an app speaks to it: `/api/scheduler/{workspace}/{app}?version=4`, GET lists, PUT
 * creates or replaces, POST creates; `GET|DELETE .../{id}?version=4`. 401 without the app's credential
 * in `VtexIdclientAutCookie`, 400 for a bad entry, 404 for another workspace or an unknown id.
 */
export function createSchedulerListener(
  scheduler: Scheduler,
  whose: { workspace: string; credential: string }
): RequestListener {
  return (request, response) => {
    const [, workspace = '', app = '', id, query] = URL.exec(request.url ?? '') ?? []
    const version = new URLSearchParams(query).get('version')
    const serve = async (): Promise<Answer> => {
      if (request.headers.vtexidclientautcookie !== whose.credential) {
        return refusal(401, 'Unauthorized', "VtexIdclientAutCookie is not the app's credential")
      }
      if (decodePercent(workspace) !== whose.workspace) {
        return refusal(404, 'NotFound', `no scheduler at ${request.url}`)
      }
      if (version !== VERSION) return refusal(400, 'BadRequest', `expected version=${VERSION}`)
      return answerTo(scheduler, whose.workspace, {
        app: decodePercent(app),
        id: id && decodePercent(id),
        method: request.method ?? 'GET',
        body: () => readEntry(request),
      })
    }
    serve()
      .catch(refusalOf)
      .then(({ status, body }) => {
        request.resume()
        if (body === undefined) response.writeHead(status).end()
        else sendJson(response, status, body)
      })
  }
}

async function answerTo(
  scheduler: Scheduler,
  workspace: string,
  { app, id, method, body }: Asked
): Promise<Answer> {
  if (id === undefined) {
    if (method === 'GET') {
      return ok(scheduler.list(app).map((each) => present(each, workspace)))
    }
    if (method !== 'PUT' && method !== 'POST') return notAllowed(method)
    const entry = await body()
    if (method === 'POST' && scheduler.get(app, entry.id)) {
      return refusal(409, 'Conflict', `${app} has an entry ${entry.id}`)
    }
    return ok(present(await scheduler.put(app, entry), workspace))
  }
  if (method === 'DELETE') {
    return (await scheduler.delete(app, id)) ? { status: 204, body: undefined } : unknown(app, id)
  }
  if (method !== 'GET') return notAllowed(method)
  const found = scheduler.get(app, id)
  return found ? ok(present(found, workspace)) : unknown(app, id)
}

const ok = (body: unknown): Answer => ({ status: 200, body })
const unknown = (app: string, id: string) => refusal(404, 'NotFound', `${app} has no entry ${id}`)
const notAllowed = (method: string) => refusal(405, 'NotAllowed', `${method} is not allowed here`)

/** An entry as VTEX IO answers it. */
export function present({ app, entry, next }: Scheduled, workspace: string) {
  const { id, request, retry, scheduler } = entry
  const { expression, endDate } = scheduler
  const NextExecution = next === undefined ? null : new Date(next).toISOString()
  return { id, workspace, app, request, retry, attempt: 0, endDate, expression, NextExecution }
}

async function readEntry(request: IncomingMessage): Promise<Entry> {
  return entrySchema.parse(JSON.parse(String(await readBody(request, MAX_BODY))))
}

function refusalOf(error: unknown): Answer {
  if (error instanceof z.ZodError) return refusal(400, 'BadRequest', z.prettifyError(error))
  if (error instanceof BodyTooLarge) return refusal(413, 'TooLarge', error.message)
  if (error instanceof BadExpression || error instanceof SyntaxError) {
    return refusal(400, 'BadRequest', error.message)
  }
  return refusal(500, 'Error', String(error))
}
