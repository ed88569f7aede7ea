import { fingerprint, type Settings } from '../../settings/settings'
import { isInDoubt } from '../coverage'
import type { Engine } from '../engine'
import type { Line } from '../line'

/** What is told with other settings, or in another workspace, is no use to the ledger. */
export const markOf = (settings: Settings, { workspace }: Pick<Engine, 'workspace'>) =>
  `${fingerprint(settings)}@${workspace}`

/** What another worker told so lately, and when it began to read, may not be visible in the ledger yet. */
const UNSEEN_MS = 120_000

/**
 * Whether the ledger can be believed to say what Intershop holds. Where two workers were at work at once, nobody
 * knows whose files came last.
 * @param now UTC milliseconds
 */
export const isBelievable = ({ deliveries }: Line, worker: string, now: number): boolean =>
  !isInDoubt(deliveries) &&
  deliveries.every((each) => each.worker === worker || each.stamp <= now - UNSEEN_MS)
