/**
 * How the values of a JSON answer change their types:
 *
 * | | becomes |
 * |---|---|
 * | text | numbers and booleans the text that they are written as; text and null stay |
 * | null | each number, text and boolean null |
 * | shape | each array an object with the places as names, each object an array of its values |
 *
 * The same answer always becomes the same.
 */
export const MISTYPINGS = ['text', 'null', 'shape'] as const

export type Mistyping = (typeof MISTYPINGS)[number]

/** The body with its values mistyped; as it is when it is no JSON. */
export function mistypeBody(body: Buffer, how: Mistyping): Buffer {
  try {
    return Buffer.from(JSON.stringify(mistype(JSON.parse(body.toString('utf8')), how)))
  } catch {
    return body
  }
}

/** A JSON value with all that it holds mistyped. */
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
