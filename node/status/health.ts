import type { ScheduleState } from '../schedules/reconcile'
import type { StockSource } from '../sources/source'

/** Whether stock reaches Intershop. */
export const STATES = ['ok', 'late', 'actionRequired', 'paused'] as const

export type State = (typeof STATES)[number]

/** Why it does not: codes that stay. */
export const REASONS = [
  'settings_invalid',
  'schedule_invalid',
  'schedule_not_registered',
  'export_failed',
  'offers_held',
  'manual_action',
  'files_waiting',
  'update_late',
  'no_update_yet',
  'no_update_schedule',
  'workspace_dry',
] as const

export type ReasonCode = (typeof REASONS)[number]

export interface Reason {
  code: ReasonCode
  message: string
  numbers: Record<string, number>
  /** What helps, for people. */
  action: string
  /** The exact call that helps. */
  call?: { method: 'GET' | 'POST'; path: string; body?: Record<string, unknown> }
}

/** What the judgement goes by. Times are UTC milliseconds. */
export interface Facts {
  now: number
  /** Why the settings are invalid; absent if they are valid. */
  settingsProblem?: string | undefined
  /** Whether exports of this workspace reach Intershop. */
  delivers: boolean
  schedules: { update: ScheduleState; full: ScheduleState }
  /** When the update schedule should have called the last three times, newest first; empty without a schedule. */
  lastUpdateCalls: readonly number[]
  /** End of the last successful update or export of everything. */
  lastSuccessAt?: number | undefined
  /** Failed exports that no later success has made up for. */
  failed: readonly { exportId: string; route: string; endedAt: number; code: string }[]
  held: Record<StockSource, number>
  /** SKUs, and rows of Centra, that updates no longer retry. */
  manualAction: { skus: number; rows: number }
  /** Files in Intershop's directory. */
  drop?: { files: number; oldestAgeSeconds?: number | undefined } | undefined
}

export interface Health {
  state: State
  /** The most urgent first; empty if the state is `ok`. */
  reasons: Reason[]
}

/** Judges whether stock reaches Intershop. A pure function. */
export function healthOf(_facts: Facts): Health {
  throw new Error('not written yet')
}
