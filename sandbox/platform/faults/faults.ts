import { seededRandom } from '../../common/random'
import { type Call, createCondition, type FaultKind, type FaultRule, faultRuleSchema } from './rule'

interface ActiveRule {
  id: number
  rule: FaultRule
  matches(call: Call): boolean
  injected: number
}

/** What befalls one call. */
export interface DrawnFaults {
  /** Milliseconds before anything else. */
  delay: number
  /** At most one fault that changes the answer. */
  fault: FaultRule | undefined
}

const NOTHING: DrawnFaults = { delay: 0, fault: undefined }

/** The faults that befall the app's calls, by rules that can change while it runs. */
export class Faults {
  private rules: ActiveRule[] = []
  private readonly counts = new Map<FaultKind, number>()
  private nextId = 1

  /** `random` gives numbers in [0, 1); a seeded one makes shares and jitter repeatable. */
  constructor(private readonly random: () => number = seededRandom(1)) {}

  /** Adds a rule, and answers its id. Throws zod's error for one that makes no sense. */
  add(rule: FaultRule): number {
    const checked = faultRuleSchema.parse(rule)
    const id = this.nextId++
    this.rules.push({ id, rule: checked, matches: createCondition(checked), injected: 0 })
    return id
  }

  /** Whether there was such a rule. */
  remove(id: number): boolean {
    const before = this.rules.length
    this.rules = this.rules.filter((rule) => rule.id !== id)
    return this.rules.length < before
  }

  /** Removes all rules; the counters stay. */
  clear(): void {
    this.rules = []
  }

  /** The rules with how often each was injected, spent ones included. */
  list(): { id: number; rule: FaultRule; injected: number }[] {
    return this.rules.map(({ id, rule, injected }) => ({ id, rule, injected }))
  }

  /** How many faults of each kind were injected since the start or `resetCounters`. */
  injected(): Partial<Record<FaultKind, number>> {
    return Object.fromEntries(this.counts)
  }

  resetCounters(): void {
    this.counts.clear()
  }

  /** Draws what befalls a call: all its latencies, and the first other fault, in the order of adding. */
  draw(call: Call): DrawnFaults {
    if (this.rules.length === 0) {
      return NOTHING
    }
    let delay = 0
    let fault: FaultRule | undefined
    for (const active of this.rules) {
      const { kind, ms = 0, jitter = 0 } = active.rule
      if ((kind === 'latency' || fault === undefined) && this.strikes(active, call)) {
        delay += kind === 'latency' ? ms + jitter * this.random() : 0
        fault = kind === 'latency' ? fault : active.rule
      }
    }
    return { delay, fault }
  }

  private strikes(active: ActiveRule, call: Call): boolean {
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
