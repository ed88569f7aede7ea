import { json, text } from 'co-body'
import type { z } from 'zod'
import type { ErrorCode } from '../common/errors'
import { perAccount } from '../common/perAccount'
import { badRequest, type Context, HttpError, type Next } from './errorHandler'

/** Allows only these HTTP methods. Replaces the runtime's `method()`, whose 405 the edge may cache. */
export const allowMethods = (allowed: readonly string[]) =>
  async function checkMethod(ctx: Context, next: Next): Promise<void> {
    if (!allowed.includes(ctx.method)) {
      const allow = allowed.join(', ')
      throw new HttpError(405, 'method_not_allowed', `expected ${allow}`, { allow })
    }
    await next()
  }

const MINUTE_MS = 60_000

/** Allows so many requests a minute, for each account and process. @throws {HttpError} 429 */
export function limitPerMinute(most: number, code: ErrorCode, what: string) {
  const minutes = perAccount(() => ({ beganAt: Number.NEGATIVE_INFINITY, requests: 0 }))
  return ({ vtex }: Pick<Context, 'vtex'>): void => {
    const now = Date.now()
    const minute = minutes(vtex)
    if (now - minute.beganAt >= MINUTE_MS) Object.assign(minute, { beganAt: now, requests: 0 })
    if (++minute.requests <= most) return
    const seconds = Math.ceil((minute.beganAt + MINUTE_MS - now) / 1_000)
    const headers = { 'retry-after': String(seconds) }
    throw new HttpError(429, code, `expected at most ${most} ${what} a minute`, headers)
  }
}

/** The limit of a body counts its compressed bytes: co-body would unzip them, and reject unknown encodings. */
const keepCompressed = (ctx: Context) => delete ctx.req.headers['content-encoding']

/** Reads the body to its end and ignores it: the contract has none, and VTEX's scheduler sends `{}`. */
export async function discardBody(ctx: Context, next: Next): Promise<void> {
  keepCompressed(ctx)
  const unreadable = badRequest('body_unreadable', 'expected no body, or one that can be read')
  await read(text(ctx.req, { limit: '16kb' }), 'expected no body, 16kb at most', unreadable)
  await next()
}

/** The body, which must be JSON. @throws {HttpError} 413, or `unreadable` */
export const jsonOf = (ctx: Context, unreadable: HttpError): Promise<unknown> =>
  read(json(ctx.req, { limit: '64kb' }), 'expected 64kb at most', unreadable)

const read = (body: Promise<unknown>, atMost: string, unreadable: HttpError) =>
  body.catch((thrown: unknown) => {
    const { status } = (thrown ?? {}) as { status?: unknown }
    throw status === 413 ? new HttpError(413, 'body_too_large', atMost) : unreadable
  })

/** The JSON body, by its schema. @throws {HttpError} 400 or 413 */
export async function bodyOf<Schema extends z.ZodType>(ctx: Context, schema: Schema) {
  keepCompressed(ctx)
  const body = await jsonOf(ctx, badRequest('invalid_body', 'expected JSON'))
  return checked(schema, body, 'invalid_body')
}

/** The query parameters that a schema names; others are ignored. @throws {HttpError} 400 */
export function queryOf<Schema extends z.ZodObject>(ctx: Context, schema: Schema) {
  const given = new URLSearchParams(ctx.querystring)
  const fields = Object.keys(schema.shape).flatMap((name) => {
    const [value, ...more] = given.getAll(name)
    if (more.length > 0) throw badRequest('invalid_parameter', `${name}: expected it once`)
    return value === undefined ? [] : [[name, value]]
  })
  return checked(schema, Object.fromEntries(fields), 'invalid_parameter')
}

/** What was given, by its schema. @throws {HttpError} 400 with the name of what is wrong, never its value */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  code: ErrorCode,
  ...path: string[]
): z.output<Schema> {
  const { success, data, error } = schema.safeParse(given)
  if (success) return data
  const [issue] = error.issues
  // The keys of an unknown field would repeat what was sent.
  const message = issue?.code === 'unrecognized_keys' ? 'unknown field' : issue?.message
  const where = [...path, ...(issue?.path ?? [])].join('.')
  throw badRequest(code, [where, message].filter(Boolean).join(': '))
}
