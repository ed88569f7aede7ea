import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { type AllowedCall, type Resource, VTEX_CALLS } from './allowed-calls'
import { codeOf, type LiveHosts } from './live-hosts'

const TRIES = 4
const LONGEST_PAUSE_MS = 10_000
/** An id that is asked for where none is known: VTEX looks at permissions first. */
const ANY_ID = 1

/** What VTEX made of one call. */
export interface Probe {
  call: AllowedCall
  /** `allowed` also where the thing that was asked for is not there. */
  outcome: 'allowed' | 'unauthorized' | 'forbidden' | 'unknown'
  /** The status, or the code of what failed. */
  reason: string
}

/** A seller of the account's register. */
export type RegisteredSeller = z.infer<typeof seller>

/** What the key opens, and what was seen on the way. */
export interface Survey {
  probes: readonly Probe[]
  /** The first of the register; absent where it was not readable. */
  sellers?: { total: number; first: readonly RegisteredSeller[] }
}

const seller = z.object({ id: z.string(), name: z.string().nullish(), isActive: z.boolean() })
const register = z.object({ items: z.array(seller), paging: z.object({ total: z.number() }) })
const idList = z.array(z.int().nonnegative())
const record = z.object({
  ProductId: z.int(),
  AlternateIds: z.object({ Ean: z.string().nullish(), RefId: z.string().nullish() }).nullish(),
})

/** Makes each call of the list once, with what the ones before it brought. Never rejects for a call that fails. */
export async function survey(
  live: Pick<LiveHosts, 'ask'>,
  signal: AbortSignal,
  wait: (ms: number) => Promise<unknown> = (ms) => sleep(ms, undefined, { signal })
): Promise<Survey> {
  const probes: Probe[] = []
  const probe = async (call: AllowedCall, path: string, body?: string): Promise<unknown> => {
    const { content, ...outcome } = await ask(live, call, path, body, wait, signal)
    probes.push({ call, ...outcome })
    return content
  }
  const { skuIds, skuById, skuByEan, skusByReference, kits, ...others } = VTEX_CALLS
  const [id = ANY_ID] =
    idList.safeParse(await probe(skuIds, `${skuIds.path}?page=1&pagesize=1000`)).data ?? []
  const { data: sku } = record.safeParse(await probe(skuById, filled(skuById, id)))
  const { Ean, RefId } = sku?.AlternateIds ?? {}
  await probe(skuByEan, filled(skuByEan, isPlain(Ean) ? Ean : ANY_ID))
  await probe(skusByReference, skusByReference.path, JSON.stringify([RefId || String(ANY_ID)]))
  await probe(kits, `${kits.path}?parentSkuId=${id}`)
  await probe(others.warehouses, others.warehouses.path)
  await probe(others.stock, filled(others.stock, id))
  const { data: sellers } = register.safeParse(
    await probe(others.sellers, `${others.sellers.path}?from=0&to=100`)
  )
  const bound = sellers?.items.find((each) => each.id !== '1' && isPlain(each.id))?.id ?? '1'
  await probe(others.bindings, `${filled(others.bindings, bound)}?page=1&size=100`)
  await probe(others.offers, filled(others.offers, sku?.ProductId ?? ANY_ID, id))
  await probe(others.productOffers, filled(others.productOffers, sku?.ProductId ?? ANY_ID))
  return {
    probes,
    ...(sellers && { sellers: { total: sellers.paging.total, first: sellers.items } }),
  }
}

/** Whether a text is safe as a segment of a path, and no dots alone. */
const isPlain = (text: string | null | undefined): text is string =>
  typeof text === 'string' && /^[\w-][\w.-]{0,99}$/.test(text)

function filled({ path }: AllowedCall, ...values: readonly (string | number)[]): string {
  const rest = [...values]
  return path.replace(/\{\w+\}/g, () => encodeURIComponent(rest.shift() ?? ''))
}

interface Asked extends Omit<Probe, 'call'> {
  content?: unknown
}

/** Tries again after 429, 5xx and a connection that was cut. */
async function ask(
  live: Pick<LiveHosts, 'ask'>,
  { method }: AllowedCall,
  path: string,
  body: string | undefined,
  wait: (ms: number) => Promise<unknown>,
  signal: AbortSignal
): Promise<Asked> {
  for (let attempt = 1; ; attempt++) {
    const { pause, ...asked } = await askOnce(live, { method, path }, body, signal)
    if (pause === undefined || attempt === TRIES) return asked
    await wait(Math.min(pause * 2 ** (attempt - 1), LONGEST_PAUSE_MS))
  }
}

async function askOnce(
  live: Pick<LiveHosts, 'ask'>,
  call: Parameters<LiveHosts['ask']>[0],
  body: string | undefined,
  signal: AbortSignal
): Promise<Asked & { pause?: number }> {
  try {
    const answer = await live.ask(call, body, signal)
    const outcome = outcomeOf(answer.status)
    const retryAfter = Number(answer.headers['retry-after'])
    const pause = { pause: retryAfter > 0 ? retryAfter * 1_000 : 1_000 }
    return {
      outcome,
      reason: `status ${answer.status}`,
      content: parsed(answer.body),
      ...(isPassing(answer.status) && pause),
    }
  } catch (error) {
    signal.throwIfAborted()
    const reason = codeOf(error)
    // A host whose certificate or name is wrong stays so.
    return { outcome: 'unknown', reason, ...(!isLasting(reason) && { pause: 1_000 }) }
  }
}

function outcomeOf(status: number): Probe['outcome'] {
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  return status < 300 || status === 404 ? 'allowed' : 'unknown'
}

const isPassing = (status: number) => status === 429 || status >= 500

/** Whether a failure's code says that the host is not the one that was meant. */
export const isLasting = (code: string) => /CERT|TLS|SSL|SELF_SIGNED|VERIFY|ENOTFOUND/.test(code)

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** A resource that the key lacks, with the calls that were forbidden for it. */
export interface Lack {
  /** All of them are missing, or one: the other calls do not tell which. */
  resources: readonly Resource[]
  calls: readonly AllowedCall[]
  /** What these calls need besides, and no other call tells whether it is there. */
  unknown: readonly Resource[]
}

/** What the key lacks: of what a forbidden call needs, what no allowed call has shown that it has. */
export function lacksOf(probes: readonly Probe[]): Lack[] {
  const needed = (outcome: Probe['outcome']) =>
    probes.filter((probe) => probe.outcome === outcome).map(({ call }) => call)
  const shown = new Set(needed('allowed').flatMap(({ needs }) => needs))
  const unproven = ({ needs }: AllowedCall) => {
    const missing = needs.filter((resource) => !shown.has(resource))
    // Where nothing seems to be missing, VTEX needs something else than it documents.
    return missing.length > 0 ? missing : needs
  }
  const certain = new Set(
    needed('forbidden').flatMap((call) => (unproven(call).length === 1 ? unproven(call) : []))
  )
  const lacks = new Map<string, { resources: readonly Resource[]; calls: AllowedCall[] }>()
  for (const call of needed('forbidden')) {
    const known = unproven(call).filter((resource) => certain.has(resource))
    const resources = known.length > 0 ? known : unproven(call)
    const lack = lacks.get(resources.join()) ?? { resources, calls: [] }
    lack.calls.push(call)
    lacks.set(resources.join(), lack)
  }
  return [...lacks.values()].map(({ resources, calls }) => {
    const besides = new Set(calls.flatMap(unproven))
    return {
      resources,
      calls,
      unknown: [...besides].filter((each) => !certain.has(each) && !resources.includes(each)),
    }
  })
}

/** Whether VTEX let none of the calls through: the key is wrong, or has no role at all. */
export const opensNothing = (probes: readonly Probe[]): boolean =>
  probes.every(({ outcome }) => outcome === 'unauthorized' || outcome === 'forbidden')
