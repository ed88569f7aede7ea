import { min, pluck } from 'ramda'
import { type Facts, healthOf, type ReasonCode } from '../status/health'
import type { AlertKind, Problem } from './alertState'

/** The reasons that are worth an alert. */
const KINDS: Partial<Record<ReasonCode, AlertKind>> = {
  export_failed: 'export_failed',
  offers_held: 'offers_held',
  update_late: 'update_late',
  files_waiting: 'files_waiting',
  schedule_invalid: 'schedule_not_registered',
  schedule_not_registered: 'schedule_not_registered',
}

/** What keeps stock from Intershop now, each kind once. A pure function. */
export function problemsIn(facts: Facts): Problem[] {
  const problems = new Map<AlertKind, Problem>()
  for (const { code, message, action, numbers } of healthOf(facts).reasons) {
    const kind = KINDS[code]
    if (kind === undefined) continue
    const same = problems.get(kind)
    if (same) same.message += ` ${message}`
    else {
      // A new process, or one that failed once, does not know yet.
      const isUncertain =
        code === 'schedule_not_registered' && facts.schedules.failingSince === undefined
      const origin = originOf(kind, facts, numbers)
      problems.set(kind, { kind, message, action, ...origin, isUncertain })
    }
  }
  return [...problems.values()]
}

/** Since when it is so, and the export that it is about. */
function originOf(
  kind: AlertKind,
  { now, failed, lastSuccessAt = now, schedules }: Facts,
  { oldestAgeSeconds = 0 }: Record<string, number>
): Pick<Problem, 'since' | 'exportId'> {
  if (kind === 'export_failed') {
    const exports = Object.values(failed)
    return { since: pluck('at', exports).reduce(min, now), exportId: exports[0]?.exportId }
  }
  if (kind === 'update_late') return { since: lastSuccessAt }
  if (kind === 'schedule_not_registered') return { since: schedules.failingSince ?? now }
  // Of the others only the first look is known.
  return { since: kind === 'files_waiting' ? now - oldestAgeSeconds * 1_000 : now }
}
