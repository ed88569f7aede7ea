import { clock, number } from '../cli/progress'
import type { InventoryOffer } from '../world/intershop/inventory'
import { type AllowedCall, RESOURCES, VTEX_CALLS } from './allowed-calls'
import type { LiveReport } from './app-client'
import { type Lack, lacksOf, opensNothing, type Probe, type Survey } from './permissions'
import type { Progress } from './progress-file'
import { type Counts, totalOf } from './request-counts'

const SELLERS_SHOWN = 20
const OFFERS_SHOWN = 10
const EXAMPLES = 3
/** Requests a minute for which the duration of an export is shown, beside the one that it had. */
const RATES = [600, 1_200, 3_000, 6_000]

const listed = (calls: readonly AllowedCall[]) => calls.map(({ name }) => name).join(', ')
const named = (resources: readonly (keyof typeof RESOURCES)[], word: string) =>
  resources.map((resource) => RESOURCES[resource]).join(word)

/** What the key opens, and what it lacks. */
export function permissionLines({ probes }: Pick<Survey, 'probes'>): string {
  if (opensNothing(probes)) return nothingOpened(probes)
  const lacks = lacksOf(probes)
  const lines = [
    ...lacks.map(lackLine),
    ...probes
      .filter(({ outcome }) => outcome === 'unauthorized' || outcome === 'unknown')
      .map(({ call, reason }) => `  ${call.name}: not known (${reason})`),
  ]
  if (lines.length === 0) return `Permissions: the key has all that the app needs.`
  const title = lacks.length > 0 ? 'The key lacks permissions:' : 'Permissions:'
  return [title, ...lines].join('\n')
}

function nothingOpened(probes: readonly Probe[]): string {
  const reasons = [...new Set(probes.map(({ reason }) => reason))].join(', ')
  return (
    `VTEX refused every call (${reasons}): VTEX_APP_KEY or VTEX_APP_TOKEN is not one of this\n` +
    `account's, or its role has none of ${named(allResources(probes), ', ')}.`
  )
}

const allResources = (probes: readonly Probe[]) => [
  ...new Set(probes.flatMap(({ call }) => call.needs)),
]

function lackLine({ resources, calls, unknown }: Lack): string {
  const besides = unknown.length > 0 ? `; whether it has ${named(unknown, ', ')} is not known` : ''
  return `  ${named(resources, ' or ')} (License Manager), for: ${listed(calls)}${besides}`
}

/** The sellers of the account's register. */
export function sellerLines({ sellers }: Pick<Survey, 'sellers'>): string {
  if (!sellers) return 'Sellers: the register could not be read.'
  const shown = sellers.first
    .slice(0, SELLERS_SHOWN)
    .map(
      ({ id, name, isActive }) =>
        `  ${id}${name ? ` (${name})` : ''}${isActive ? '' : ', inactive'}`
    )
  const more = sellers.total - shown.length
  return [
    `Sellers: ${number(sellers.total)}`,
    ...shown,
    ...(more > 0 ? [`  and ${number(more)} more`] : []),
  ].join('\n')
}

/** Why offers have no SKU in Intershop, with examples; a report names the first hundred of them. */
export function unmappedLines({ offers, unmapped }: LiveReport): string {
  if (offers.unmapped === 0) return 'Unmapped offers: none'
  const reasons = new Map<string, LiveReport['unmapped']>()
  for (const each of unmapped) {
    const reason = each.message.replace(/\S*\d\S*/g, '…')
    reasons.set(reason, [...(reasons.get(reason) ?? []), each])
  }
  const lines = [...reasons.values()]
    .sort((a, b) => b.length - a.length)
    .map((all) => {
      const examples = all.slice(0, EXAMPLES).map(placeOf).join(', ')
      return `  ${number(all.length)}: ${all[0]?.code}, ${all[0]?.message} (${examples})`
    })
  const first = offers.unmapped > unmapped.length ? ` (the first ${unmapped.length} by reason)` : ''
  return [`Unmapped offers: ${number(offers.unmapped)}${first}`, ...lines].join('\n')
}

function placeOf({ skuId, rowId, sellerId }: LiveReport['unmapped'][number]): string {
  const what = skuId === undefined ? `row ${rowId}` : `SKU ${skuId}`
  return sellerId === undefined || sellerId === '1' ? what : `${what} of ${sellerId}`
}

/** A few offers as Intershop would have them, of each seller some. */
export function offerLines(inventory: Iterable<[string, InventoryOffer]>): string {
  const bySeller = new Map<string, string[]>()
  let size = 0
  for (const [sku, { sellerId = '1', quantity }] of inventory) {
    size++
    const shown = bySeller.get(sellerId) ?? []
    if (shown.length < OFFERS_SHOWN) shown.push(`  ${sku}: ${quantity ?? 'no quantity'}`)
    bySeller.set(sellerId, shown)
  }
  if (size === 0) return 'Offers: none'
  const each = Math.max(1, Math.floor(OFFERS_SHOWN / bySeller.size))
  const lines = [...bySeller].flatMap(([sellerId, shown]) =>
    shown.slice(0, each).map((line) => `${line} (seller ${sellerId})`)
  )
  return [`Offers: ${number(size)}, such as`, ...lines.slice(0, OFFERS_SHOWN)].join('\n')
}

/** How long a full export takes, by how many requests a minute VTEX gets. */
export function durationLines(
  { skus, sources, status }: Pick<LiveReport, 'skus' | 'sources' | 'status'>,
  { counts, milliseconds }: Progress,
  perMinute: number
): string {
  const isWhole =
    status.startsWith('completed') && !Object.values(sources).some((each) => each.error)
  if (!isWhole) return 'No full export was read to its end: how long one takes is not known.'
  const made = vtexTotal(counts)
  const records = totalOf(counts, VTEX_CALLS.skuById.name)
  const minutes = milliseconds / 60_000
  const rates = [...new Set([...RATES, perMinute])].sort((a, b) => a - b)
  return [
    `A full export of ${number(skus.read)} SKUs makes ${number(made)} requests to VTEX:`,
    ...rates.map((rate) => `  ${clock((made / rate) * 60)} at ${number(rate)} a minute`),
    `  this one: ${clock(milliseconds / 1_000)}${minutes > 0 ? `, ${number(Math.round(made / minutes))} a minute` : ''}`,
    `  ${number(records)} of them were SKU records, which later exports remember for a week`,
  ].join('\n')
}

const vtexTotal = (counts: Counts) =>
  Object.values(VTEX_CALLS).reduce((sum, { name }) => sum + totalOf(counts, name), 0)

/** The requests that were made, by call and outcome, and what was not let out. */
export function requestLines(
  counts: Counts,
  probed: number,
  refused: { count: number; examples: ReadonlySet<string> }
): string {
  const lines = Object.entries(counts).map(([call, outcomes]) => {
    const parts = Object.entries(outcomes).map(([outcome, n]) => `${number(n)} x ${outcome}`)
    return `  ${call}: ${parts.join(', ')}`
  })
  const kept =
    refused.count === 0
      ? []
      : [
          `Not let out: ${number(refused.count)}`,
          ...[...refused.examples].map((each) => `  ${each}`),
        ]
  const asked = probed > 0 ? `, and ${number(probed)} to look at the key` : ''
  return [`Requests: ${number(totalOf(counts))}${asked}`, ...lines, ...kept].join('\n')
}
