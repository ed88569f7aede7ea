import { isIP } from 'net'
import { domainToASCII } from 'url'
import { z } from 'zod'
import { fitsXml } from '../offers/offerSku'
import { OUTBOUND } from './outbound'

// Field builders for the settings form. VTEX's Admin saves a cleared field as an empty string and an untouched form as
// nothing at all, so a builder treats both as "not set" and returns its default.

const unset = (value: unknown) =>
  value === null || (typeof value === 'string' && value.trim() === '') ? undefined : value

/** One line of text, trimmed. No setting needs control characters or broken surrogates, and XML forbids them. */
const line = () =>
  z.string('expected text').trim().refine(fitsXml, {
    error: 'expected one line of text without control characters or broken Unicode',
    abort: true,
  })

export const text = (fallback = '') => z.preprocess(unset, line().default(fallback))

/** Text whose default counts only while it is unsaved: once cleared, it is empty. */
export const clearable = (fallback: string) =>
  z.preprocess((value) => value ?? undefined, z.string('expected text').trim().default(fallback))

/** Text that is used exactly as saved: a password may begin with a space. */
export const secret = () =>
  z.preprocess((value) => value ?? undefined, z.string('expected text').default(''))

/** One line of text that passes a test; empty when not set. `expected` completes the sentence "expected ...". */
export const textThat = (passes: (text: string) => boolean, expected: string) => {
  const error = `expected ${expected}`
  return z.preprocess(unset, line().refine(passes, { error, abort: true }).default(''))
}

/** Text of a given form; `expected` completes the sentence "expected ...". */
export const pattern = (form: RegExp, expected: string, fallback = '') => {
  const error = `expected ${expected}`
  return z.preprocess(unset, z.string(error).trim().regex(form, error).default(fallback))
}

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
export const onOff = () =>
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
 * A comma-separated list of words; empty when not set. Commas without words are refused: an empty list may mean
 * "all", and nobody asks for that with a comma.
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

/** As entered, in any alphabet. A URL parser would also decode escapes, a resolver does not. */
const WRITTEN = /^[\p{L}\p{M}\p{N}_.-]+$/u
/** As looked up: labels of at most 63 characters. */
const LOOKED_UP = /^([a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?$/
const MOST_CHARACTERS = 253

/** True for a name that can be looked up, or an IP address. */
export function isHostName(host: string): boolean {
  if (isIP(host) !== 0) return true
  const name = WRITTEN.test(host) ? domainToASCII(host) : ''
  return LOOKED_UP.test(name) && name.length <= MOST_CHARACTERS
}

/** As it is called: what was checked must be what a URL parser makes of it. No slash at its end. */
const normalized = (address: string) =>
  URL.canParse(address) ? new URL(address).href.replace(/\/+$/, '') : address

/** An address of a given form; empty when not set. */
export const address = (form: RegExp, expected: string) =>
  textThat((given) => form.test(normalized(given)), expected).transform(normalized)

/** VTEX IO: `*` stands for any characters. */
const matches = (wanted: string, text: string) =>
  new RegExp(`^${wanted.split('*').map(escaped).join('.*')}$`, 'i').test(text)

const escaped = (text: string) => text.replace(/[^\w]/g, '\\$&')

/** Whether VTEX lets the app reach an address: a setting cannot open a host that the manifest does not declare. */
export const isDeclared = ({ hostname, pathname }: URL): boolean =>
  OUTBOUND.some(({ host, path }) => matches(host, hostname) && matches(path, pathname))
