import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'
import { groupBy } from 'ramda'
import { describe, type ErrorCode, errorCodes } from '../common/errors'
import { type Policy, RESOURCES, UpstreamError } from '../common/upstreamError'
import { DeliveryError } from '../delivery/publisher'

/** All checks, in the order of the response. */
const NAMES = [
  'settings',
  'catalog.skuIds',
  'catalog.skuDetails',
  'catalog.skuByEan',
  'catalog.skuIdsByRefIds',
  'catalog.kits',
  'logistics.warehouses',
  'logistics.stock',
  'sellers.register',
  'sellers.bindings',
  'sellers.offers',
  'vbase',
  'courier',
  'centra',
  'publisher',
] as const

export type CheckName = (typeof NAMES)[number]

/** The result of one check. */
export interface CheckResult {
  name: CheckName
  status: 'ok' | 'failed' | 'skipped'
  durationMs: number
  code?: ErrorCode
  /** What works, what failed, or why it was skipped. */
  message: string
  /** What to do about a failure. */
  do?: string
}

/** How to try a connection. */
interface Attempt<T> {
  /** What works if it succeeds. */
  works: string | ((found: T) => string)
  /** Policies that VTEX asks for. */
  needs?: readonly Policy[]
  /** Whether this failure is an answer all the same: the permission is there, the thing is not. */
  isAnswer?: (thrown: unknown) => boolean
  /** What to do; else what the code says. */
  advice?: string
  /** Milliseconds at most. */
  atMost?: number
}

/** VTEX's edge and clients wait no longer for a response. */
const TOTAL_MS = 22_000
const CHECK_MS = 8_000

/** Tries connections, each within a time limit, and collects the results. */
export class Checks {
  private readonly found: Array<CheckResult & { needs: readonly Policy[] }> = []
  private readonly refused = new Map<CheckName, UpstreamError>()
  private readonly endsAt: number

  constructor(private readonly now: () => number) {
    this.endsAt = now() + TOTAL_MS
  }

  /** Returns what `ask` brought, undefined if it failed. Never fails. */
  async try<T>(
    name: CheckName,
    ask: () => Promise<T>,
    attempt: Attempt<T>
  ): Promise<T | undefined> {
    const { works, needs = [], isAnswer = () => false, advice, atMost = CHECK_MS } = attempt
    const startedAt = this.now()
    const ms = Math.max(1, Math.min(atMost, this.endsAt - startedAt))
    const add = (
      status: 'ok' | 'failed',
      result: Omit<CheckResult, 'name' | 'status' | 'durationMs'>
    ) => {
      this.found.push({ name, status, durationMs: this.now() - startedAt, ...result, needs })
    }
    try {
      const brought = await timeout(ms, TimeoutStrategy.Aggressive).execute(ask)
      add('ok', { message: typeof works === 'string' ? works : works(brought) })
      return brought
    } catch (thrown) {
      if (isAnswer(thrown) && typeof works === 'string') add('ok', { message: works })
      else add('failed', failureOf(thrown, ms, advice))
      if (isRefused(thrown)) this.refused.set(name, thrown)
      return undefined
    }
  }

  /** Notes that a connection is not needed, or cannot be tried. */
  skip(name: CheckName, message: string) {
    this.found.push({ name, status: 'skipped', durationMs: 0, message, needs: [] })
  }

  /** The results in their order. If VTEX refused, they name the policies that no other check has shown to be granted. */
  results(): CheckResult[] {
    const granted = new Set(
      this.found.flatMap(({ status, needs }) => (status === 'ok' ? needs : []))
    )
    return this.found
      .map(({ needs, ...result }) => {
        const refusal = this.refused.get(result.name)
        const lacking = needs.filter((policy) => !granted.has(policy))
        if (!refusal || needs.length === 0) return result
        return { ...result, ...permissionProblem(refusal, lacking.length > 0 ? lacking : needs) }
      })
      .sort((a, b) => NAMES.indexOf(a.name) - NAMES.indexOf(b.name))
  }
}

const isRefused = (thrown: unknown): thrown is UpstreamError =>
  thrown instanceof UpstreamError && (thrown.status === 401 || thrown.status === 403)

function failureOf(thrown: unknown, ms: number, advice?: string) {
  if (thrown instanceof TaskCancelledError) {
    const message = `no usable response within ${Math.round(ms / 1_000)} s, with retries and the wait for a free request`
    return { code: 'check_timeout' as const, message, do: sentence(errorCodes.check_timeout[1]) }
  }
  const { code, message } = describe(thrown)
  if (thrown instanceof DeliveryError) {
    return { code, message: thrown.detail, do: thrown.advice ?? sentence(errorCodes[code][1]) }
  }
  return { code, message, do: advice ?? sentence(errorCodes[code][1]) }
}

const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`

function permissionProblem({ upstream, status }: UpstreamError, policies: readonly Policy[]) {
  const named = policies
    .map((policy) => `${policy} (License Manager: ${RESOURCES[policy]})`)
    .join(' and ')
  const needed = `${policies.length === 1 ? 'the policy' : 'the policies'} ${named}`
  return {
    message: `${upstream}: status ${status}`,
    do:
      status === 401
        ? `VTEX does not accept the app's own token: install the app again. The call needs ${needed}.`
        : `The app lacks ${needed}: install a version whose manifest has it, and accept its permissions in VTEX.`,
  }
}

/** The checks for a terminal: a line for each, then what to do about those that failed. */
export function textTable(checks: readonly CheckResult[]): string {
  const rows = checks.map((check) => ({ ...check, time: `${check.durationMs} ms` }))
  const width = (column: 'name' | 'status' | 'time') =>
    rows.reduce((most, row) => Math.max(most, row[column].length), 0)
  const [name, status, time] = [width('name'), width('status'), width('time')]
  const lines = rows.map(
    (row) =>
      `${row.name.padEnd(name)}  ${row.status.padEnd(status)}  ${row.time.padStart(time)}  ${row.message}`
  )
  const failed = checks.filter((check) => check.status === 'failed')
  if (failed.length === 0) return `${lines.join('\n')}\n\nNo check failed.\n`
  const byAdvice = Object.entries(groupBy((check) => check.do ?? '', failed))
  const advice = byAdvice.map(
    ([what, those = []]) => `- ${those.map((check) => check.name).join(', ')}: ${what}`
  )
  const verdict = `${failed.length} of ${checks.length} checks failed. What to do:`
  return `${[...lines, '', verdict, ...advice].join('\n')}\n`
}
