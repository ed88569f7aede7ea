import { z } from 'zod'
import type { Call } from '../faults/rule'
import { createMatcher } from '../faults/rule'
import { RETRY_HEADER_FORMS, type RetryHeaders, retryHeaders } from './retry-headers'

/** Default burst, as a share of the requests per second. */
const DEFAULT_BURST_SHARE = 1 / 5

/**
 * The rate limit of an upstream: 429 above it.
 *
 * A token bucket: it starts with `burst` tokens (its maximum) and gains `perSecond`; each request takes one, and a
 * request without a token gets 429. A bucket with a small burst is stricter than fixed windows, and does not depend on
 * where a window starts.
 */
export const limitRuleSchema = z.strictObject({
  /** A hostname, `vbase`, `courier` or `apps`; `*` for all of them together. */
  upstream: z.string().min(1),
  /** Prefix of path and query; default: all requests. */
  path: z.string().startsWith('/').optional(),
  perSecond: z.number().positive(),
  /** Maximum number of tokens, at least 1; default a fifth of `perSecond`. */
  burst: z.number().min(1).optional(),
  /** Header of a 429 that says when to retry, see `retry-headers.ts`; default `retry-after`. */
  header: z.enum(RETRY_HEADER_FORMS).optional(),
})

export type LimitRule = z.infer<typeof limitRuleSchema>

/** A limit with the number of its requests that passed and that got 429. */
export interface LimitCount {
  id: number
  rule: LimitRule
  passed: number
  rateLimited: number
}

interface ActiveLimit extends LimitCount {
  matches(call: Call): boolean
  burst: number
  tokens: number
  filledAt: number
}

/** Rate limits of the app's upstreams; they can change while the app runs. */
export class Limits {
  private limits: ActiveLimit[] = []
  private nextId = 1

  /** `now` gives milliseconds. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Adds a limit with a full bucket and returns its id. Throws zod's error for an invalid one. */
  add(rule: LimitRule): number {
    const checked = limitRuleSchema.parse(rule)
    const { upstream, path, perSecond } = checked
    const burst = checked.burst ?? Math.max(1, perSecond * DEFAULT_BURST_SHARE)
    const id = this.nextId++
    this.limits.push({
      id,
      rule: checked,
      matches: createMatcher({ upstream, path, kind: 'status' }),
      burst,
      tokens: burst,
      filledAt: this.now(),
      passed: 0,
      rateLimited: 0,
    })
    return id
  }

  /** Returns whether the limit existed. */
  remove(id: number): boolean {
    const before = this.limits.length
    this.limits = this.limits.filter((limit) => limit.id !== id)
    return this.limits.length < before
  }

  /** Removes all limits and their counts. */
  clear(): void {
    this.limits = []
  }

  /** All limits with their counts. */
  list(): LimitCount[] {
    return this.limits.map(({ id, rule, passed, rateLimited }) => ({
      id,
      rule,
      passed,
      rateLimited,
    }))
  }

  /** Returns undefined if a request passes, else the headers of its 429. Rate limited requests take no token. */
  admit(call: Call): RetryHeaders | undefined {
    if (this.limits.length === 0) return undefined
    const matching = this.limits.filter(({ matches }) => matches(call))
    for (const limit of matching) this.fill(limit)
    const empty = matching.find(({ tokens }) => tokens < 1)
    if (empty) {
      empty.rateLimited++
      const { header = 'retry-after', perSecond } = empty.rule
      return retryHeaders(header, ((1 - empty.tokens) / perSecond) * 1_000, Date.now())
    }
    for (const limit of matching) {
      limit.tokens--
      limit.passed++
    }
    return undefined
  }

  private fill(limit: ActiveLimit): void {
    const now = this.now()
    const gained = ((now - limit.filledAt) * limit.rule.perSecond) / 1_000
    limit.tokens = Math.min(limit.burst, limit.tokens + gained)
    limit.filledAt = now
  }
}
