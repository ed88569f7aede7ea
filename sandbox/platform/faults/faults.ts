import { seededRandom } from '../../common/random'
import { type Call, createMatcher, type FaultKind, type FaultRule, faultRuleSchema } from './rule'

interface ActiveRule {
  id: number
  rule: FaultRule
  matches(call: Call): boolean
  injected: number
}

/** The faults of one request. */
export interface DrawnFaults {
  /** Milliseconds of added latency. */
  delay: number
  /** At most one fault that changes the response. */
  fault: FaultRule | undefined
}

const NO_FAULTS: DrawnFaults = { delay: 0, fault: undefined }

/** Injects faults into the app's requests, by rules that can change while it runs. */
export class Faults {
  private rules: ActiveRule[] = []
  private readonly counts = new Map<FaultKind, number>()
  private nextId = 1

  /** `random` returns numbers in [0, 1); a seeded one makes shares and jitter repeatable. */
  constructor(private readonly random: () => number = seededRandom(1)) {}

  /** Adds a rule and returns its id. Throws zod's error for an invalid one. */
  add(rule: FaultRule): number {
    const checked = faultRuleSchema.parse(rule)
    const id = this.nextId++
    this.rules.push({ id, rule: checked, matches: createMatcher(checked), injected: 0 })
    return id
  }

  /** Returns whether the rule existed. */
  remove(id: number): boolean {
    const before = this.rules.length
    this.rules = this.rules.filter((rule) => rule.id !== id)
    return this.rules.length < before
  }

  /** Removes all rules; the counters stay. */
  clear(): void {
    this.rules = []
  }

  /** All rules with their number of injections, used-up ones included. */
  list(): { id: number; rule: FaultRule; injected: number }[] {
    return this.rules.map(({ id, rule, injected }) => ({ id, rule, injected }))
  }

  /** Number of injected faults by kind since the start or `resetCounters`. */
  injected(): Partial<Record<FaultKind, number>> {
    return Object.fromEntries(this.counts)
  }

  resetCounters(): void {
    this.counts.clear()
  }

  /** Draws the faults of a request: the sum of all latencies, and the first other fault in the order of adding. */
  draw(call: Call): DrawnFaults {
    if (this.rules.length === 0) {
      return NO_FAULTS
    }
    let delay = 0
    let fault: FaultRule | undefined
    for (const active of this.rules) {
      const { kind, ms = 0, jitter = 0 } = active.rule
      if ((kind === 'latency' || fault === undefined) && this.isHit(active, call)) {
        delay += kind === 'latency' ? ms + jitter * this.random() : 0
        fault = kind === 'latency' ? fault : active.rule
      }
    }
    return { delay, fault }
  }

  private isHit(active: ActiveRule, call: Call): boolean {
    const { kind, times = Number.POSITIVE_INFINITY, share = 1 } = active.rule
    if (active.injected >= times || !active.matches(call)) {
      return false
    }
    if (share < 1 && this.random() >= share) {
      return false
    }
    active.injected++
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1)
    return true
  }
}
