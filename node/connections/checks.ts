import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'
import { groupBy } from 'ramda'
import { TO_READ_SKUS } from '../clients/catalog'
import { TO_READ_STOCK } from '../clients/logistics'
import { TO_READ_BINDINGS, TO_READ_SELLERS } from '../clients/sellers'
import { describe, type ErrorCode, errorCodes } from '../common/errors'
import { needOf, type Policy, UpstreamError } from '../common/upstreamError'
import { DeliveryError } from '../delivery/publisher'

/** What is known of a check before it is made. */
interface Check {
  /** What works if it succeeds; absent if the check itself says it. */
  works?: string
  /** Policies that VTEX asks for. */
  needs?: readonly Policy[]
  /** What to do if it fails; else what the code says. */
  advice?: string
  /** Milliseconds at most. */
  atMost?: number
}

/** All checks, in the order of the response. */
const CHECKS = {
  settings: { works: 'all settings are valid' },
  'catalog.skuIds': { works: 'SKU ids can be listed', needs: TO_READ_SKUS },
  'catalog.skuDetails': { works: 'SKUs can be read', needs: TO_READ_SKUS },
  'catalog.skuByEan': { works: 'SKUs can be found by EAN', needs: TO_READ_SKUS },
  'catalog.skuIdsByRefIds': { works: 'SKUs can be found by reference', needs: TO_READ_SKUS },
  'catalog.kits': { works: 'the components of kits can be read', needs: TO_READ_SKUS },
  'logistics.warehouses': { works: 'warehouses can be listed', needs: TO_READ_STOCK },
  'logistics.stock': { works: 'the stock of SKUs can be read', needs: TO_READ_STOCK },
  'sellers.register': { works: 'the seller register can be read', needs: TO_READ_SELLERS },
  'sellers.bindings': { works: 'the SKUs of sellers can be listed', needs: TO_READ_BINDINGS },
  'sellers.offers': { works: 'the offers of sellers can be read', needs: TO_READ_SELLERS },
  vbase: {
    works: 'a document was written, read and removed',
    advice: 'Check again in a minute. The app needs the policy vbase-read-write.',
  },
  courier: {
    works: 'an event was accepted',
    advice: 'Check again in a minute. The app needs the policy colossus-fire-event.',
  },
  centra: {
    works: 'stock can be read',
    advice:
      'Check centraUrl, centraToken and centraAuth, and that the plugin has Get stock switched on. If they are right, check the status of Centra.',
  },
  // The publisher has a shorter time limit of its own, and says more about it.
  publisher: { atMost: 20_000 },
} satisfies Record<string, Check>

export type CheckName = keyof typeof CHECKS

const NAMES = Object.keys(CHECKS)

const checkOf = (name: CheckName): Check => CHECKS[name]

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

/** VTEX's edge and clients wait no longer for a response. */
const TOTAL_MS = 22_000
const CHECK_MS = 8_000

/** Tries connections, each within a time limit, and collects the results. */
export class Checks {
  private readonly found: CheckResult[] = []
  private readonly refused = new Map<CheckName, UpstreamError>()
  private readonly endsAt: number

  constructor(private readonly now: () => number) {
    this.endsAt = now() + TOTAL_MS
  }

  /**
   * Returns what `ask` brought, undefined if it failed. Never fails.
   * @param isAnswer whether a failure is an answer all the same: the permission is there, the thing is not
   */
  async try<T>(
    name: CheckName,
    ask: () => Promise<T>,
    isAnswer: (thrown: unknown) => boolean = () => false
  ): Promise<T | undefined> {
    const { works, advice, atMost = CHECK_MS } = checkOf(name)
    const startedAt = this.now()
    const ms = Math.max(1, Math.min(atMost, this.endsAt - startedAt))
    const add = ({ status, ...result }: Omit<CheckResult, 'name' | 'durationMs'>) =>
      this.found.push({ name, status, durationMs: this.now() - startedAt, ...result })
    try {
      const brought = await timeout(ms, TimeoutStrategy.Aggressive).execute(ask)
      add({ status: 'ok', message: works ?? String(brought) })
      return brought
    } catch (thrown) {
      if (isAnswer(thrown)) add({ status: 'ok', message: works ?? '' })
      else add(failureOf(thrown, ms, advice))
      if (isRefused(thrown)) this.refused.set(name, thrown)
      return undefined
    }
  }

  /** Notes that connections are not needed, or cannot be tried. */
  skip(names: readonly CheckName[], message: string) {
    for (const name of names) this.found.push({ name, status: 'skipped', durationMs: 0, message })
  }

  /** The results in their order. If VTEX refused, they name the policies that no other check has shown to be granted. */
  results(): CheckResult[] {
    const works = this.found.filter(({ status }) => status === 'ok')
    const granted = new Set(works.flatMap(({ name }) => checkOf(name).needs ?? []))
    return this.found
      .map((result) => {
        const { needs = [] } = checkOf(result.name)
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
    return failed('check_timeout', message)
  }
  const { code, message } = describe(thrown)
  if (thrown instanceof DeliveryError) return failed(code, thrown.detail, thrown.advice)
  return failed(code, message, advice)
}

const failed = (code: ErrorCode, message: string, advice = sentence(errorCodes[code][1])) =>
  ({ status: 'failed', code, message, do: advice }) as const

const sentence = (words: string) => `${words.charAt(0).toUpperCase()}${words.slice(1)}.`

function permissionProblem({ upstream, status }: UpstreamError, policies: readonly Policy[]) {
  const needed = needOf(policies)
  const advice =
    status === 401
      ? `VTEX does not accept the app's own token: install the app again. The call needs ${needed}.`
      : `The app lacks ${needed}: install a version whose manifest has it, and accept its permissions in VTEX.`
  return { message: `${upstream}: status ${status}`, do: advice }
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
