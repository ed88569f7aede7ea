import { IANAZone } from 'luxon'
import { z } from 'zod'

const DAY = 86_400_000

/**
 * What Centra's documentation leaves open, and what may go wrong. The first value is the default.
 *
 * | field | values |
 * |---|---|
 * | timeZone | of the company, an IANA name: `Europe/Stockholm` |
 * | clockSkew | milliseconds by which the company's clock is ahead: 0 |
 * | dates | how a date is compared with a row's: `wallClock`, as texts; or as moments, an hour that comes twice being the `first` or the `second` of them |
 * | after | whether what changed at that very second is left out or comes too: `exclusive`, `inclusive` |
 * | order | of rows: by `id`, by `modified` (when their stock changed), or `shuffled` but always alike |
 * | removal | of a row: `shifts` those after it to earlier pages; `leavesGap`, its page is shorter |
 * | nextFilters | `next` and `previous` have the other parameters `dropped`, or `kept` |
 * | nextLoops | `no`; to the page it`self`; from the last page to the `first` |
 * | limit | `honoured`; `ignored`, all comes at once |
 * | format | what was `asked` for; always `xml`; always `json` |
 * | message | of a refusal: `text`, `object` (with `code` and `errors`), `list` (`errorMessages` and no `msg`), `none` |
 * | fails | false; true: every call is answered `no` |
 * | switchedOff | false; true: 403, `Not Allowed` |
 * | auth | headers that open: `any` of the two, `api-authorization`, `bearer` |
 * | notFound | other paths are answered in `html` or `json` |
 * | active | 1 and 0, as `number`; or true and false, as `boolean` |
 * | unlisted | rows by stockItemId that are in no list, and there when they are asked for by their id: none |
 * | noProducts | false; true: every call is answered `ok` without `products`, as if there were none |
 * | broken | rows by stockItemId: `availableStock` is a `text` that is no number, is `null`, is `missing`; the row is `withoutId`; `odd`, all that can be told otherwise is: numbers as texts, texts as numbers |
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

/** How a company's Centra behaves; read at each call. */
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
