import { type HttpAnswer, statusError, UpstreamError } from '../common/upstreamError'

export const CENTRA = 'Centra'

export const malformed = (detail: string) => new UpstreamError(CENTRA, 'malformed', detail)

/** Centra: status text, with 403, if the endpoint is disabled in the plugin. */
const SWITCHED_OFF = /^not allowed$/i

/**
 * The error for a response whose field `status` is not `ok`. `no` counts as `malformed`: retried, since Centra does not
 * distinguish temporary errors; no failure for the circuit, since Centra responds, and may reject only this request.
 * @param secrets values to mask if the response repeats them
 */
export function refusal(content: object, status: number, secrets: readonly string[]) {
  const word = 'status' in content ? content.status : undefined
  if (typeof word !== 'string') return malformed('status: expected text')
  const said = withWords(`status "${oneLine(word, secrets)}"`, errorTextOf(content, secrets))
  if (!SWITCHED_OFF.test(word)) return malformed(said)
  const detail = `${said}; the plugin has Get stock switched off`
  return new UpstreamError(CENTRA, 'refused', detail, status)
}

/** The error for a response whose HTTP status is not 200. @param content undefined if it is neither JSON nor XML */
export function httpError(
  answer: HttpAnswer,
  content: object | undefined,
  secrets: readonly string[]
): UpstreamError {
  const { status } = answer
  if (content && 'status' in content && SWITCHED_OFF.test(String(content.status))) {
    return refusal(content, status, secrets)
  }
  const { detail, kind, retryAfterMs } = statusError(CENTRA, answer)
  // Only a wrong setting leads to a 404, so a retry does not help.
  const isWrong = kind === 'missing'
  const hint = isWrong ? `${detail}, nothing is there; is centraUrl right?` : detail
  const said = withWords(hint, errorTextOf(content, secrets))
  return new UpstreamError(CENTRA, isWrong ? 'refused' : kind, said, status, retryAfterMs)
}

const withWords = (detail: string, words: string) => (words ? `${detail}: ${words}` : detail)

const MOST_CHARACTERS = 300
const MOST_DEPTH = 4
const MOST_TEXTS = 20

const FIELDS = ['msg', 'errors', 'errorMessages']

/** Centra's error texts in one line. Centra: each of {@link FIELDS} is a text, an object or missing. */
export function errorTextOf(answer: unknown, secrets: readonly string[]): string {
  if (typeof answer !== 'object' || answer === null) return ''
  const fields = answer as Record<string, unknown>
  const texts = FIELDS.flatMap((name) => textsIn(fields[name])).slice(0, MOST_TEXTS)
  const code = textsIn(fields.code).map((text) => `code ${text}`)
  return oneLine([...code, ...new Set(texts)].join('; '), secrets)
}

/** Text from outside as one short line without control characters and secrets. */
export function oneLine(
  words: string,
  secrets: readonly string[] = [],
  most = MOST_CHARACTERS
): string {
  const known = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]).filter(Boolean)
  const hidden = known.reduce((text, secret) => text.replaceAll(secret, '***'), words)
  const line = [...hidden.replace(/[\p{C}\s]+/gu, ' ').trim()]
  return line.length > most ? `${line.slice(0, most - 1).join('')}\u2026` : line.join('')
}

/** The texts in a value, each with its path of names. */
function textsIn(value: unknown, depth = MOST_DEPTH): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value]
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)]
  if (typeof value !== 'object' || value === null || depth === 0) return []
  const pathOf = (name: string) => (Array.isArray(value) ? '' : `${name}: `)
  return Object.entries(value)
    .slice(0, MOST_TEXTS)
    .flatMap(([name, each]) => textsIn(each, depth - 1).map((text) => pathOf(name) + text))
}
