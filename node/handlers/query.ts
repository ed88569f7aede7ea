import { json } from 'co-body'
import type { z } from 'zod'
import { badRequest, type Context, HttpError } from '../middlewares/errorHandler'

const LIMIT = '64kb'

/**
 * The query parameters that a schema names; others are ignored.
 * @throws {HttpError} 400 with the name of the parameter and what was expected, never its value
 */
export function queryOf<Schema extends z.ZodObject>(ctx: Context, schema: Schema) {
  const given = new URLSearchParams(ctx.querystring)
  const fields = Object.keys(schema.shape).flatMap((name) => {
    const [value, ...more] = given.getAll(name)
    if (more.length > 0) throw badRequest('invalid_parameter', `${name}: expected it once`)
    return value === undefined ? [] : [[name, value]]
  })
  return checked(schema, Object.fromEntries(fields), 'invalid_parameter')
}

/** A path parameter. @throws {HttpError} 400 */
export function pathParameter<Schema extends z.ZodType>(
  ctx: Context,
  name: string,
  schema: Schema
): z.output<Schema> {
  const { success, data } = schema.safeParse(ctx.vtex.route.params[name])
  if (success) return data
  throw badRequest('invalid_parameter', `${name}: expected a whole number`)
}

/** The JSON body. @throws {HttpError} 400 or 413 */
export async function bodyOf<Schema extends z.ZodType>(
  ctx: Context,
  schema: Schema
): Promise<z.output<Schema>> {
  // The limit counts compressed bytes: co-body would unzip them.
  delete ctx.req.headers['content-encoding']
  const body: unknown = await json(ctx.req, { limit: LIMIT }).catch((thrown: unknown) => {
    const { status } = (thrown ?? {}) as { status?: unknown }
    if (status === 413) throw new HttpError(413, 'body_too_large', `expected ${LIMIT} at most`)
    throw badRequest('invalid_body', 'expected JSON')
  })
  return checked(schema, body, 'invalid_body')
}

function checked<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
  code: 'invalid_parameter' | 'invalid_body'
): z.output<Schema> {
  const { success, data, error } = schema.safeParse(given)
  if (success) return data
  const [issue] = error.issues
  // The keys of an unknown field would repeat what was sent.
  const message = issue?.code === 'unrecognized_keys' ? 'unknown field' : issue?.message
  throw badRequest(code, [issue?.path.join('.'), message].filter(Boolean).join(': '))
}
