import { statusError, UpstreamError, type UpstreamTrouble } from '../upstreamError'
import { oneLine, saidBy } from './said'

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
  const said = withWords(`status "${oneLine(word, secrets)}"`, saidBy(content, secrets))
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
  const { message, trouble, retryAfterMs } = statusError(CENTRA, { status, headers }, now)
  const detail = message.slice(`${CENTRA}: `.length)
  // The address is all that a person set; it is wrong until a person changes it.
  const hint = status === 404 ? `${detail}, nothing is there; is centraUrl right?` : detail
  const kind: UpstreamTrouble = status === 404 ? 'refused' : trouble
  return new UpstreamError(
    CENTRA,
    kind,
    withWords(hint, saidBy(content, secrets)),
    status,
    retryAfterMs
  )
}

const withWords = (detail: string, words: string) => (words ? `${detail}: ${words}` : detail)
