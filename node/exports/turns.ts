import { pluck } from 'ramda'

import type { Delivery } from './names'

/** Something that took a worker's time. */
interface Turn {
  exportId: string
  /** UTC milliseconds. */
  at: number
}

/** What listings tell of turns. */
interface Traces {
  deliveries: ReadonlyArray<Pick<Delivery, 'exportId' | 'stamp' | 'done'>>
  setbacks: readonly Turn[]
  plans: readonly Turn[]
  /** Groups of pages. */
  listed: readonly Turn[]
}

/**
 * Whose turn it was lately, latest first. A turn is what was delivered or listed, or failed; or the whole of an export that
 * found nothing to read: of that nothing is left but its plan.
 */
export function turnsOf(
  { deliveries, setbacks, plans, listed }: Traces,
  isOpen: (exportId: string) => boolean
): string[] {
  const done = deliveries.filter((delivery) => delivery.done)
  const delivered = new Set(pluck('exportId', done))
  const turns: Turn[] = [
    ...done.map(({ exportId, stamp }) => ({ exportId, at: stamp })),
    ...setbacks,
    ...listed,
    ...plans.filter(({ exportId }) => !isOpen(exportId) && !delivered.has(exportId)),
  ]
  return pluck(
    'exportId',
    turns.sort((a, b) => b.at - a.at)
  )
}
