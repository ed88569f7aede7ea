/**
 * Changes the types of the values in a JSON response:
 *
 * | type | change |
 * |---|---|
 * | text | numbers and booleans become strings |
 * | null | numbers, strings and booleans become null |
 * | shape | arrays become objects with the indexes as names, objects become arrays of their values |
 *
 * The same response always gives the same result.
 */
export const MISTYPINGS = ['text', 'null', 'shape'] as const

export type Mistyping = (typeof MISTYPINGS)[number]

/** Mistypes a JSON body; returns any other body unchanged. */
export function mistypeBody(body: Buffer, how: Mistyping): Buffer {
  try {
    return Buffer.from(JSON.stringify(mistype(JSON.parse(body.toString('utf8')), how)))
  } catch {
    return body
  }
}

/** Mistypes a JSON value and all values in it. */
export function mistype(value: unknown, how: Mistyping): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => mistype(item, how))
    return how === 'shape' ? { ...items } : items
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([name, each]) => [name, mistype(each, how)])
    return how === 'shape' ? entries.map(([, each]) => each) : Object.fromEntries(entries)
  }
  return LEAVES[how](value)
}

const LEAVES: Record<Mistyping, (leaf: unknown) => unknown> = {
  text: (leaf) => (typeof leaf === 'number' || typeof leaf === 'boolean' ? String(leaf) : leaf),
  null: () => null,
  shape: (leaf) => leaf,
}
