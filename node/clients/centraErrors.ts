import { statusError, UpstreamError, type UpstreamErrorKind } from '../common/upstreamError'

/** What Centra is called in messages. */
export const CENTRA = 'Centra'

export const malformed = (detail: string) => new UpstreamError(CENTRA, 'malformed', detail)

/** Centra: a text when the plugin has the endpoint switched off, with 403. */
const SWITCHED_OFF = /^not allowed$/i

/**
 * The error that an answer with another status than `ok` is.
 *
 * `no` is `malformed`: Centra does not tell what will pass from what will not, so it is asked a few times more,
 * and no export ends for a hiccup. Unlike `down` it does not count against the circuit: Centra answers, and may
 * only dislike this one question.
 * @param status HTTP's
 * @param secrets not to be repeated where the answer repeats them
 */
export function refusal(
  content: object,
  status: number,
  secrets: readonly string[]
): UpstreamError {
  const word = 'status' in content ? content.status : undefined
  if (typeof word !== 'string') return malformed('status: expected text')
  const said = withWords(`status "${oneLine(word, secrets)}"`, errorTextOf(content, secrets))
  if (!SWITCHED_OFF.test(word)) return malformed(said)
  const detail = `${said}; the plugin has Get stock switched off`
  return new UpstreamError(CENTRA, 'refused', detail, status)
}

/**
 * The error that an answer with another HTTP status than 200 is.
 * @param content undefined where the answer is nothing that Centra sends
 * @param now UTC milliseconds
 */
export function httpError(
  { status, headers }: { status: number; headers: Record<string, unknown> },
  content: object | undefined,
  secrets: readonly string[],
  now: number
): UpstreamError {
  if (content && 'status' in content && SWITCHED_OFF.test(String(content.status))) {
    return refusal(content, status, secrets)
  }
  const { detail, kind: trouble, retryAfterMs } = statusError(CENTRA, { status, headers }, now)
  // The address is all that a person set; it is wrong until a person changes it.
  const hint = status === 404 ? `${detail}, nothing is there; is centraUrl right?` : detail
  const kind: UpstreamErrorKind = status === 404 ? 'refused' : trouble
  return new UpstreamError(
    CENTRA,
    kind,
    withWords(hint, errorTextOf(content, secrets)),
    status,
    retryAfterMs
  )
}

const withWords = (detail: string, words: string) => (words ? `${detail}: ${words}` : detail)

const MOST_CHARACTERS = 300
const MOST_DEPTH = 4
const MOST_TEXTS = 20

/** Where Centra says what is wrong. */
const FIELDS = ['msg', 'errors', 'errorMessages']

/**
 * What an answer of Centra says is wrong, in one line of at most 300 characters; empty where it says nothing.
 * Centra: `msg` is a text or an object or not there, and so are `errors` and `errorMessages`.
 * @param secrets never repeated, also where the answer does
 */
export function errorTextOf(answer: unknown, secrets: readonly string[]): string {
  if (typeof answer !== 'object' || answer === null) return ''
  const fields = answer as Record<string, unknown>
  const texts = FIELDS.flatMap((name) => textsIn(fields[name])).slice(0, MOST_TEXTS)
  const code = textsIn(fields.code).map((text) => `code ${text}`)
  return oneLine([...code, ...new Set(texts)].join('; '), secrets)
}

/** Text from outside in one short line without control characters and secrets. */
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

/** The texts in a value, each with the names that lead to it. */
function textsIn(value: unknown, depth = MOST_DEPTH): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value]
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)]
  if (typeof value !== 'object' || value === null || depth === 0) return []
  if (Array.isArray(value))
    return value.slice(0, MOST_TEXTS).flatMap((each) => textsIn(each, depth - 1))
  return Object.entries(value)
    .slice(0, MOST_TEXTS)
    .flatMap(([name, each]) => textsIn(each, depth - 1).map((text) => `${name}: ${text}`))
}
