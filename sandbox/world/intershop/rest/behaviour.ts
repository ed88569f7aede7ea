import { z } from 'zod'

/**
 * Behaviour of the REST API that Intershop's documentation leaves open, and faults. All times in milliseconds.
 *
 * | field | values |
 * |---|---|
 * | importMs | how long an import takes: 300. Also for those that run |
 * | tokenMs | how long a token is valid: 30 minutes |
 * | style | of an import's parameters: `flat`, a map; or `attributes`, a list of names and values |
 * | failing | SKUs whose offers cannot be imported: none. The others of the file are imported |
 * | failure | how an import with such SKUs ends: `finished` with a list of `errors`; or with another `status` |
 * | forgetMs | how long an import that has ended is known: 1 hour |
 */
export const behaviourSchema = z.strictObject({
  importMs: z.number().nonnegative(),
  tokenMs: z.number().positive(),
  style: z.enum(['flat', 'attributes']),
  failing: z.array(z.string()),
  failure: z.enum(['errors', 'status']),
  forgetMs: z.number().nonnegative(),
})

export type IcmBehaviour = z.infer<typeof behaviourSchema>

export const DEFAULT_BEHAVIOUR: IcmBehaviour = {
  importMs: 300,
  tokenMs: 30 * 60_000,
  style: 'flat',
  failing: [],
  failure: 'errors',
  forgetMs: 3_600_000,
}
