import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'
import type { ErrorCode } from '../common/errorCodes'
import { errorCodes } from '../common/errorCodes'
import { describe } from '../common/errors'
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
  private readonly found: Array<{
    result: CheckResult
    needs: readonly Policy[]
    status?: number
  }> = []
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
    const add = (result: Omit<CheckResult, 'name' | 'durationMs'>, status?: number) => {
      const timed = { name, durationMs: this.now() - startedAt, ...result }
      this.found.push({ result: timed, needs, ...(status !== undefined && { status }) })
    }
    try {
      const brought = await timeout(ms, TimeoutStrategy.Aggressive).execute(ask)
      add({ status: 'ok', message: typeof works === 'string' ? works : works(brought) })
      return brought
    } catch (thrown) {
      if (isAnswer(thrown) && typeof works === 'string') add({ status: 'ok', message: works })
      else {
        const status = thrown instanceof UpstreamError ? thrown.status : undefined
        add({ status: 'failed', ...failureOf(thrown, ms, advice) }, status)
      }
      return undefined
    }
  }

  /** Notes that a connection is not needed, or cannot be tried. */
  skip(name: CheckName, message: string) {
    this.found.push({ result: { name, status: 'skipped', durationMs: 0, message }, needs: [] })
  }

  /** The results in their order. Where VTEX refused, they name the policies that no other check has shown to be granted. */
  results(): CheckResult[] {
    const granted = new Set(
      this.found.flatMap(({ result, needs }) => (result.status === 'ok' ? needs : []))
    )
    return this.found
      .map(({ result, needs, status }) => {
        const missing = needs.filter((policy) => !granted.has(policy))
        const advice = permissionAdvice(status, missing.length > 0 ? missing : needs)
        return advice ? { ...result, do: advice } : result
      })
      .sort((a, b) => NAMES.indexOf(a.name) - NAMES.indexOf(b.name))
  }
}

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

function permissionAdvice(status: number | undefined, policies: readonly Policy[]) {
  if (policies.length === 0 || (status !== 401 && status !== 403)) return undefined
  const named = policies
    .map((policy) => `${policy} (License Manager: ${RESOURCES[policy]})`)
    .join(' and ')
  const which = policies.length === 1 ? 'policy' : 'policies'
  return status === 401
    ? `Install the app again: VTEX does not accept its token. It needs the ${which} ${named}.`
    : `Install a version of the app whose manifest has the ${which} ${named}, and accept what VTEX asks.`
}
