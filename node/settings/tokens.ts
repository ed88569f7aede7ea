/** A header that is longer gets no work out of us. */
export const MOST_TOKEN_CHARACTERS = 1_024

/**
 * Other characters reach the app as whatever bytes a client makes of them, if it sends them at all: most send
 * UTF-8, which HTTP reads as Latin-1. Blanks around a value are not part of it.
 */
const FORM = new RegExp(`^[\\x20-\\x7e]{0,${MOST_TOKEN_CHARACTERS}}$`)
const EXPECTED =
  `expected at most ${MOST_TOKEN_CHARACTERS.toLocaleString('en')} ASCII characters ` +
  '(letters, digits, signs, blanks inside), since no other travels in a header. It authorizes nobody'

const NAMES = ['token', 'previousToken'] as const

/** What is saved of one, without the blanks around it; undefined for what can be no token. */
function tokenIn(saved: unknown, name: (typeof NAMES)[number]): string | undefined {
  const value = ((saved ?? {}) as Partial<Record<typeof name, unknown>>)[name] ?? ''
  const token = typeof value === 'string' ? value.trim() : undefined
  return token !== undefined && FORM.test(token) ? token : undefined
}

/**
 * The tokens that open the routes: `token`, and `previousToken` during a rotation. Read on their own, so that
 * another setting that is wrong does not lock a person out of the reports that say so.
 */
export const parseTokens = (saved: unknown): string[] =>
  NAMES.map((name) => tokenIn(saved, name) ?? '').filter((token) => token !== '')

/** What is wrong with the saved tokens, one sentence each, naming the setting and never its value. */
export const tokenProblems = (saved: unknown): string[] =>
  NAMES.filter((name) => tokenIn(saved, name) === undefined).map((name) => `${name}: ${EXPECTED}`)
