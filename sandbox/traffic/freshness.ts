import { type Difference, eachDifference } from '../comparison/compare'
import { allExpectedOffers } from '../comparison/expected-offers'
import { comparisonSettings } from '../comparison/settings'
import type { Sandbox } from '../sandbox'
import { SENDER } from '../world/commerce/broadcaster/notification'

type ObservedSandbox = Pick<
  Sandbox,
  'platform' | 'commerce' | 'centra' | 'broadcaster' | 'intershop'
>

/** The moment before an update is started. */
export interface UpdateStart {
  /** Milliseconds. */
  at: number
  /** SKUs with a change whose notification is lost or not delivered yet. */
  unknownToApp: ReadonlySet<number>
}

/** How many offers differ after an update, by reason. */
export interface Freshness {
  differing: number
  /** Changed after the update started. */
  changedSince: number
  /** Of the others: their notification was lost or late when the update started. */
  unknownToApp: number
  /** The rest: offers that differ unexpectedly. */
  stale: Difference[]
}

/** Records which changes the app cannot know yet; call it right before starting an update. */
export function markUpdateStart({ platform, broadcaster }: ObservedSandbox): UpdateStart {
  const inFlight = platform.courier.pending().filter(({ sender }) => sender === SENDER)
  const unknownToApp = new Set([
    ...broadcaster.unpublished(),
    ...inFlight.map((each) => Number(each.subject)),
  ])
  return { at: Date.now(), unknownToApp }
}

/**
 * Waits until Intershop has imported all files, then compares its offers with the stock in VTEX and Centra. Call it
 * after the update that was started at `start` has ended.
 */
export async function freshnessSince(sandbox: ObservedSandbox, { at, unknownToApp }: UpdateStart) {
  const { platform, intershop } = sandbox
  await intershop.idle()
  const settings = comparisonSettings(await platform.settings.read())
  const found: Freshness = { differing: 0, changedSince: 0, unknownToApp: 0, stale: [] }
  await eachDifference(allExpectedOffers(sandbox, settings), intershop.inventory, (difference) => {
    found.differing++
    const { skuId, changedAt = 0 } = difference
    // VTEX notifies of a kit's stock by its components.
    const notified = sandbox.commerce.kits.stockSkusOf(skuId)
    if (changedAt >= at) found.changedSince++
    else if (notified.some((id) => unknownToApp.has(id))) found.unknownToApp++
    else found.stale.push(difference)
  })
  return found
}
