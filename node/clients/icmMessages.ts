import { z } from 'zod'
import {
  type HttpAnswer,
  jsonOf,
  parsed,
  statusError,
  UpstreamError,
} from '../common/upstreamError'

export const ICM = 'Intershop'

const CODE = /^[A-Za-z0-9][\w.:-]{0,79}$/
const NAME = /^[^/\\\p{C}]{1,200}$/u
const ID = /^[\w.~-]{1,128}$/

/** How an import stands. `progress` is any text that differs once the import moves on. */
export type ImportState =
  | { state: 'running'; progress: string }
  | { state: 'finished' }
  | { state: 'failed'; code: string }
  | { state: 'unknown' }

export interface ImportParameters {
  unit: string
  domain: string
  locale: string
  /** ICM's published example is a map, its schema a list of attributes. */
  style: 'flat' | 'attributes'
}

/** The body that starts an import of a file in mode UPDATE. */
export function importBody(
  fileName: string,
  { unit: unitname, domain: targetdomainname, locale, style }: ImportParameters
): Record<string, unknown> {
  const map = { filename: fileName, mode: 'UPDATE', unitname, targetdomainname, locale }
  if (style === 'flat') return map
  return { attributes: Object.entries(map).map(([name, value]) => ({ name, value })) }
}

const malformed = (detail: string) => new UpstreamError(ICM, 'malformed', detail)

/** Intershop's error code, if it is a short word and holds no secret. Its messages are never shown. */
function codeIn(content: unknown, secrets: readonly string[]): string | undefined {
  const { data } = z
    .looseObject({ code: z.union([z.string(), z.number()]).transform(String) })
    .safeParse(content)
  const isShown = data && CODE.test(data.code) && !secrets.some((each) => data.code.includes(each))
  return isShown ? data.code : undefined
}

/** Statuses that a retry of the same request does not help. */
const REFUSALS: Record<number, string> = {
  409: 'something else is running',
  422: 'the request was not accepted',
}

/** The JSON of a response with an expected status. @param secrets that a code in an error must not repeat */
export function contentOf(
  answer: HttpAnswer,
  expected: readonly number[],
  secrets: readonly string[]
): unknown {
  const content = jsonOf(answer.body)
  if (expected.includes(answer.status)) return content
  if (answer.status < 300) throw malformed(`status ${answer.status} is not documented`)
  const { detail, kind, status, retryAfterMs } = statusError(ICM, answer)
  const code = codeIn(content, secrets)
  const reason = REFUSALS[answer.status]
  const words = [detail, ...(reason ? [reason] : []), ...(code ? [`code ${code}`] : [])]
  throw new UpstreamError(ICM, reason ? 'refused' : kind, words.join(', '), status, retryAfterMs)
}

export const tokenSchema = z
  .object({
    access_token: z.string().regex(/^[\x21-\x7e]+$/, 'expected a token'),
    expires_in: z.coerce.number().positive(),
  })
  .transform((token) => ({ value: token.access_token, lifetimeMs: token.expires_in * 1_000 }))

export const uploadSchema = z
  .object({ fileName: z.string().regex(NAME, 'expected a file name'), uri: z.string().nullish() })
  .transform(({ fileName, uri }) => ({ fileName, key: lastSegment(uri ?? '', NAME) ?? fileName }))

/** A file that was uploaded: the name that imports ask for, and the key that it is removed by. */
export type Upload = z.infer<typeof uploadSchema>

const importId = z
  .string()
  .transform((uri) => lastSegment(uri, ID))
  .pipe(z.string('expected one that ends with an id'))

export const importIdSchema = z.object({ uri: importId }).transform(({ uri }) => uri)

function lastSegment(uri: string, form: RegExp): string | undefined {
  const encoded = uri.split(/[?#]/, 1)[0]?.replace(/\/+$/, '').split('/').pop() ?? ''
  try {
    const segment = decodeURIComponent(encoded)
    return form.test(segment) ? segment : undefined
  } catch {
    return undefined
  }
}

const step = z.looseObject({
  status: z.string().nullish(),
  progressValue: z.unknown().optional(),
  errors: z.array(z.unknown()).nullish(),
})
const stateSchema = step.extend({ process: step.nullish() })

const NOT_ENDED = ['disabled', 'pending', 'ready', 'running']
const NO_CODE = 'none'

/** Nothing but `finished`, everywhere and without errors, means that the offers were imported. @throws {UpstreamError} */
export function importStateIn(content: unknown, secrets: readonly string[]): ImportState {
  const answer = parsed(ICM, stateSchema, content)
  const parts = answer.process ? [answer, answer.process] : [answer]
  const states = parts.flatMap(({ status }) => status?.toLowerCase() ?? [])
  if (states.length === 0) throw malformed('status: expected text')
  if (states.some((each) => NOT_ENDED.includes(each))) {
    const moving = parts.map(({ status, progressValue }) => [status, progressValue])
    return { state: 'running', progress: JSON.stringify(moving).slice(0, 200) }
  }
  const errors = parts.flatMap((each) => each.errors ?? [])
  const own = codeIn(content, secrets)
  const other = states.find((each) => each !== 'finished')
  if (errors.length === 0 && own === undefined && other === undefined) return { state: 'finished' }
  const said = errors.map((each) => codeIn(each, secrets)).find((code) => code !== undefined)
  const code = said ?? own ?? codeIn({ code: other }, secrets) ?? NO_CODE
  return { state: 'failed', code }
}

export const inventoriesSchema = z.object({
  data: z.array(
    z.object({
      sku: z.string(),
      availableStock: z.number().nullish(),
      inStock: z.boolean().nullish(),
    })
  ),
})
