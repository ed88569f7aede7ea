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
export function saidBy(answer: unknown, secrets: readonly string[]): string {
  if (typeof answer !== 'object' || answer === null) return ''
  const fields = answer as Record<string, unknown>
  const texts = FIELDS.flatMap((name) => textsIn(fields[name])).slice(0, MOST_TEXTS)
  const code = textsIn(fields.code).map((text) => `code ${text}`)
  return oneLine([...code, ...new Set(texts)].join('; '), secrets)
}

/** Words of Centra's in one short line without control characters and secrets. */
export function oneLine(words: string, secrets: readonly string[]): string {
  const known = secrets.flatMap((secret) => [secret, encodeURIComponent(secret)]).filter(Boolean)
  const hidden = known.reduce((text, secret) => text.replaceAll(secret, '***'), words)
  const line = [...hidden.replace(/[\p{C}\s]+/gu, ' ').trim()]
  return line.length > MOST_CHARACTERS
    ? `${line.slice(0, MOST_CHARACTERS - 1).join('')}\u2026`
    : line.join('')
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
