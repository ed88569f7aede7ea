import { z } from 'zod'
import { fitsXml } from '../offers/offerSku'

/**
 * Field builders for the settings form. VTEX's admin saves a cleared field as an empty string and
 * an untouched form as nothing at all, so a builder treats both as "not set" and knows its default.
 */
const unset = (value: unknown) =>
  value === null || (typeof value === 'string' && value.trim() === '') ? undefined : value

/**
 * One line of text, trimmed; `fallback` when not set. No setting has a use for control characters or broken
 * surrogates, and XML cannot carry them.
 */
export const text = (fallback = '') =>
  z.preprocess(
    unset,
    z
      .string({ error: 'expected text' })
      .trim()
      .refine(fitsXml, {
        error: 'expected one line of text without control characters or broken Unicode',
        abort: true,
      })
      .default(fallback)
  )

/** Text that is used to the letter (a password may begin with a space); never echoed in a message. */
export const secret = () =>
  z.preprocess((value) => value ?? undefined, z.string({ error: 'expected text' }).default(''))

/** Text of a given form; `expected` completes the sentence "expected ...". */
export const pattern = (form: RegExp, expected: string, fallback: string) =>
  z.preprocess(
    unset,
    z
      .string({ error: 'expected text' })
      .trim()
      .regex(form, `expected ${expected}`)
      .default(fallback)
  )

/** A whole number, also when the form saved it as text. */
export const integer = (min: number, max: number, fallback: number) => {
  const error = `expected a whole number from ${min} to ${max}`
  return z.preprocess((value) => {
    const given = unset(value)
    return typeof given === 'string' && /^-?\d+$/.test(given.trim()) ? Number(given) : given
  }, z.number({ error }).int(error).min(min, error).max(max, error).default(fallback))
}

/** A whole number, also when the form saved it as text; undefined when not set. */
export const optionalInteger = (min: number, max: number) =>
  z.preprocess((value) => unset(value) ?? undefined, integer(min, max, 0).optional())

/** On or off, also when the form saved it as text; off when not set. */
export const switched = () =>
  z.preprocess(
    (value) => (value === 'true' ? true : value === 'false' ? false : unset(value)),
    z.boolean({ error: 'expected true or false' }).default(false)
  )

/** One of a few words. */
export const oneOf = <const Words extends readonly [string, ...string[]]>(
  words: Words,
  fallback: Words[number]
) =>
  z.preprocess(
    unset,
    z.enum(words, { error: `expected one of ${words.join(', ')}` }).default(() => fallback)
  )

/**
 * A comma list of words; empty when not set. Commas around nothing are refused: an empty list may mean all there
 * are, which nobody asks for with a comma.
 */
export const list = () => {
  const error = 'expected words separated by commas'
  return z.preprocess(
    (value) => {
      const given = unset(value)
      if (typeof given === 'string') return given.split(',')
      return Array.isArray(given) && given.length === 0 ? undefined : given
    },
    z
      .array(z.string({ error }).trim().refine(fitsXml, error), { error })
      .transform((words) => words.filter(Boolean))
      .refine((words) => words.length > 0, error)
      .default([])
  )
}
