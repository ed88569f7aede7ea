import { IANAZone } from 'luxon'
import { z } from 'zod'

const DAY = 86_400_000

/**
 * Behaviour that Centra's documentation leaves open, and faults. The first value is the default.
 *
 * | field | values |
 * |---|---|
 * | timeZone | of the company, an IANA name: `Europe/Stockholm` |
 * | clockSkew | milliseconds by which the company's clock is ahead: 0 |
 * | dates | how dates are compared: `wallClock`, as texts; as times, taking the `first` or `second` of an hour that occurs twice |
 * | after | whether date filters include the second itself: `exclusive`, `inclusive` |
 * | order | of rows: by `id`, by `modified` (last stock change), or `shuffled` (always the same way) |
 * | removal | of a row: `shifts` later rows to earlier pages; `leavesGap`: its page is shorter |
 * | nextFilters | other parameters in `next` and `previous`: `dropped` or `kept` |
 * | nextLoops | `no`; `next` leads to the page it`self`; on the last page to the `first` |
 * | limit | `honoured`; `ignored`: all rows in one response |
 * | format | as `asked` for; always `xml`; always `json` |
 * | message | of an error: `text`, `object` (with `code` and `errors`), `list` (`errorMessages` without `msg`), `none` |
 * | fails | false; true: status `no` for each request |
 * | switchedOff | false; true: 403, `Not Allowed` |
 * | auth | accepted headers: `any` of the two, `api-authorization`, `bearer` |
 * | notFound | format of the 404 for other paths: `html` or `json` |
 * | active | 1 and 0, as `number`; or true and false, as `boolean` |
 * | unlisted | stockItemIds of rows that are only returned when requested by id: none |
 * | noProducts | false; true: status `ok` without `products` for each request |
 * | broken | rows by stockItemId: `availableStock` is not a number (`text`), `null` or `missing`; row `withoutId`; `odd`: numbers as strings, strings as numbers |
 */
export const behaviourSchema = z.strictObject({
  timeZone: z
    .string()
    .refine((name) => IANAZone.isValidZone(name), 'expected a time zone such as Europe/Stockholm'),
  clockSkew: z.int().min(-DAY).max(DAY),
  dates: z.enum(['wallClock', 'first', 'second']),
  after: z.enum(['exclusive', 'inclusive']),
  order: z.enum(['id', 'modified', 'shuffled']),
  removal: z.enum(['shifts', 'leavesGap']),
  nextFilters: z.enum(['dropped', 'kept']),
  nextLoops: z.enum(['no', 'self', 'first']),
  limit: z.enum(['honoured', 'ignored']),
  format: z.enum(['asked', 'xml', 'json']),
  message: z.enum(['text', 'object', 'list', 'none']),
  fails: z.boolean(),
  switchedOff: z.boolean(),
  auth: z.enum(['any', 'api-authorization', 'bearer']),
  notFound: z.enum(['html', 'json']),
  active: z.enum(['number', 'boolean']),
  unlisted: z.array(z.int().positive()),
  noProducts: z.boolean(),
  broken: z.record(
    z.string().regex(/^\d+$/),
    z.enum(['text', 'null', 'missing', 'withoutId', 'odd'])
  ),
})

/** Behaviour of a company's Centra. Changes take effect immediately. */
export type CentraBehaviour = z.infer<typeof behaviourSchema>

export const DEFAULT_BEHAVIOUR: Readonly<CentraBehaviour> = {
  timeZone: 'Europe/Stockholm',
  clockSkew: 0,
  dates: 'wallClock',
  after: 'exclusive',
  order: 'id',
  removal: 'shifts',
  nextFilters: 'dropped',
  nextLoops: 'no',
  limit: 'honoured',
  format: 'asked',
  message: 'text',
  fails: false,
  switchedOff: false,
  auth: 'any',
  notFound: 'html',
  active: 'number',
  unlisted: [],
  noProducts: false,
  broken: {},
}
