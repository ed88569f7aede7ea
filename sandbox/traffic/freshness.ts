import { expectedOfAll } from '../comparison/all-offers'
import { type Difference, eachDifference } from '../comparison/compare'
import { truthSettings } from '../comparison/settings'
import type { Sandbox } from '../sandbox'
import { SENDER } from '../world/commerce/broadcaster/notification'

type Watched = Pick<Sandbox, 'platform' | 'commerce' | 'centra' | 'broadcaster' | 'intershop'>

/** A moment at which an update is about to be asked for. */
export interface Beginning {
  /** Milliseconds. */
  at: number
  /** SKUs with a change that the app cannot know of: its notification is on its way, or lost. */
  unheard: ReadonlySet<number>
}

/** What differs at an update's end, and whether it may. */
export interface Freshness {
  differing: number
  /** Of these, the SKU or its row in Centra changed since the update began. */
  changedSince: number
  /** Of the others, the app could not know of the change when the update began. */
  unheard: number
  /** The rest: what the update should have brought, and did not. */
  stale: Difference[]
}

/** Notes what the app can know now; to be called right before an update is asked for. */
export function begin({ platform, broadcaster }: Watched): Beginning {
  const underWay = platform.courier.pending().filter(({ sender }) => sender === SENDER)
  const unheard = new Set([
    ...broadcaster.untold(),
    ...underWay.map((each) => Number(each.subject)),
  ])
  return { at: Date.now(), unheard }
}

/**
 * Compares offer by offer what Intershop holds with what VTEX and Centra say, once Intershop has imported
 * what was delivered. To be called at the end of the update that began then.
 */
export async function freshnessSince(sandbox: Watched, { at, unheard }: Beginning) {
  const { platform, intershop } = sandbox
  await intershop.idle()
  const settings = truthSettings(await platform.settings.read())
  const found: Freshness = { differing: 0, changedSince: 0, unheard: 0, stale: [] }
  await eachDifference(expectedOfAll(sandbox, settings), intershop.inventory, (difference) => {
    found.differing++
    const { skuId, changedAt = 0 } = difference
    // VTEX tells of a kit's stock by telling of its components.
    const toldOf = sandbox.commerce.kits.partsOf(skuId)
    if (changedAt >= at) found.changedSince++
    else if (toldOf.some((id) => unheard.has(id))) found.unheard++
    else found.stale.push(difference)
  })
  return found
}
