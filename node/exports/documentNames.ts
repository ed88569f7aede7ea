import { z } from 'zod'

/** Parses a field's text, and writes it. */
type TextField = z.ZodType<unknown, string | undefined>

/** Text that cannot be taken for the end of its key, its field, or its folder. */
export const word = z.string().regex(/^[^/~=]+$/)

const number = (form: RegExp) =>
  z.codec(z.string().regex(form), z.number(), { decode: Number, encode: String })

export const integer = number(/^\d+$/)

/** UTC milliseconds, always thirteen digits: names that begin with them sort by time. */
export const moment = number(/^\d{13}$/)

export const flag = z.codec(z.enum(['yes', 'no']), z.boolean(), {
  decode: (text) => text === 'yes',
  encode: (is) => (is ? 'yes' : 'no'),
})

/**
 * The names of one kind of document: `first~key=value~key=value`, the fields in the order in which they are stated. The
 * first is written without its key, so that names sort by it and are listed by it. A field that is absent is left out.
 */
export class DocumentNames<Shape extends Record<string, TextField>> {
  private readonly schema: z.ZodObject<Shape>
  private readonly keys: string[]

  constructor(
    shape: Shape,
    /** What the names stand under, by their first field. */
    private readonly folderOf = (_first: string) => ''
  ) {
    this.schema = z.object(shape)
    this.keys = Object.keys(shape)
  }

  build(fields: z.output<z.ZodObject<Shape>>): string {
    const texts = new Map(Object.entries(z.encode(this.schema, fields)))
    const [first = '', ...others] = this.keys.flatMap((key, place) => {
      const text = texts.get(key)
      return text === undefined ? [] : [place === 0 ? String(text) : `${key}=${text}`]
    })
    return [this.folderOf(first) + first, ...others].join('~')
  }

  /** What the names begin with that have these first fields. */
  prefix(first: string, ...values: readonly string[]): string {
    const others = values.map((value, place) => `${this.keys[place + 1]}=${value}~`)
    return `${first}~${others.join('')}`
  }

  /** Undefined for a name of another form. A field of a later version is ignored. */
  parse(name: string): z.output<z.ZodObject<Shape>> | undefined {
    const [first, ...others] = name.slice(name.lastIndexOf('/') + 1).split('~')
    const texts = [[this.keys[0], first], ...others.map((text) => text.split('='))]
    return this.schema.safeParse(Object.fromEntries(texts)).data
  }
}
