import { z } from 'zod'
import type { Call } from '../faults/rule'
import { createCondition } from '../faults/rule'
import { RETRY_HEADER_FORMS, type RetryHeaders, retryHeaders } from './retry-headers'

/** How much of a second's calls an idle upstream takes at once. */
const DEFAULT_BURST_SHARE = 1 / 5

/**
 * How many calls a second an upstream takes before it answers 429.
 *
 * A token bucket: `burst` tokens at first and at most, `perSecond` new ones a second, one for each call; a
 * call that finds none is refused and costs nothing. Upstreams that count by windows let a caller spend a
 * whole window in its first moment; a bucket with a small burst is as fast on the whole and stricter in the
 * small, and does not depend on where a window begins.
 */
export const limitRuleSchema = z.strictObject({
  /** A hostname, `vbase`, `courier` or `apps`; `*` for all of them together. */
  upstream: z.string().min(1),
  /** A prefix of path and query: only such calls count. All calls when absent. */
  path: z.string().startsWith('/').optional(),
  perSecond: z.number().positive(),
  /** Tokens at most, 1 or more; a fifth of `perSecond` when absent. */
  burst: z.number().min(1).optional(),
  /** How a refusal says when to come back; `retry-after` when absent. See `limit-header.ts`. */
  header: z.enum(RETRY_HEADER_FORMS).optional(),
})

export type LimitRule = z.infer<typeof limitRuleSchema>

/** A limit and what became of the calls that it speaks of. */
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

/** The limits of the app's upstreams, by rules that can change while it runs. */
export class Limits {
  private limits: ActiveLimit[] = []
  private nextId = 1

  /** `now` gives milliseconds. */
  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Adds a limit with a full bucket, and answers its id. Throws zod's error for one that makes no sense. */
  add(rule: LimitRule): number {
    const checked = limitRuleSchema.parse(rule)
    const { upstream, path, perSecond } = checked
    const burst = checked.burst ?? Math.max(1, perSecond * DEFAULT_BURST_SHARE)
    const id = this.nextId++
    this.limits.push({
      id,
      rule: checked,
      matches: createCondition({ upstream, path, kind: 'status' }),
      burst,
      tokens: burst,
      filledAt: this.now(),
      passed: 0,
      rateLimited: 0,
    })
    return id
  }

  /** Whether there was such a limit. */
  remove(id: number): boolean {
    const before = this.limits.length
    this.limits = this.limits.filter((limit) => limit.id !== id)
    return this.limits.length < before
  }

  /** Removes all limits with their counts. */
  clear(): void {
    this.limits = []
  }

  /** The limits, with the calls that each let pass and refused. */
  list(): LimitCount[] {
    return this.limits.map(({ id, rule, passed, rateLimited }) => ({
      id,
      rule,
      passed,
      rateLimited,
    }))
  }

  /** Lets a call pass, or answers how it is refused. A call that one limit refuses costs no other a token. */
  admit(call: Call): RetryHeaders | undefined {
    if (this.limits.length === 0) return undefined
    const concerned = this.limits.filter(({ matches }) => matches(call))
    for (const limit of concerned) this.fill(limit)
    const empty = concerned.find(({ tokens }) => tokens < 1)
    if (empty) {
      empty.rateLimited++
      const { header = 'retry-after', perSecond } = empty.rule
      return retryHeaders(header, ((1 - empty.tokens) / perSecond) * 1_000, Date.now())
    }
    for (const limit of concerned) {
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
