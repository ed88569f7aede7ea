import { countedDeliveries, firstGap, isDeliverable } from './coverage'
import { basisOf, type Delivery, type PartName } from './names'
import type { ExportState } from './next'
import type { Plan } from './plan'
import { type ExportRequest, isSmall } from './scope'

/** What listings and plans tell of all exports that have not ended. */
export interface Findings {
  plans: ReadonlyMap<string, Plan>
  parts: readonly PartName[]
  deliveries: readonly Delivery[]
  setbacks: readonly string[]
  cancelled: readonly string[]
  coveredBy: ReadonlyMap<string, string>
}

/**
 * Where an export stands.
 * @param fingerprint of the settings in force
 */
export function standing(
  request: ExportRequest,
  fingerprint: string,
  { plans, parts, deliveries, setbacks, cancelled, coveredBy }: Findings
): ExportState {
  const { exportId } = request
  const plan = plans.get(exportId)
  const basis = plan && basisOf(fingerprint, plan)
  const counted = basis === undefined ? [] : countedDeliveries(exportId, basis, deliveries)
  const gap = firstGap(counted)
  const progress = Math.max(plan?.startedAt ?? 0, ...counted.map(({ stamp }) => stamp))
  const own = parts.filter((part) => part.exportId === exportId && part.basis === basis)
  return {
    exportId,
    small: isSmall(request) && !plan?.everything,
    cancelled: cancelled.includes(exportId),
    coveredBy: coveredBy.get(exportId),
    planned: plan !== undefined,
    basis,
    gap,
    deliverable: gap && deliverable(own, deliveries, gap.from),
    setbacks: setbackTimes(setbacks, exportId).filter((at) => at > progress),
  }
}

/** The oldest part past what is delivered already that may be delivered as it is. */
const deliverable = (parts: readonly PartName[], deliveries: readonly Delivery[], from: number) =>
  parts
    .filter((part) => part.to > from)
    .filter((part) => isDeliverable(part, deliveries))
    .sort((a, b) => a.stamp - b.stamp || (a.nonce < b.nonce ? -1 : 1))[0]

const setbackTimes = (names: readonly string[], exportId: string): number[] =>
  names
    .filter((name) => name.startsWith(`${exportId}~`))
    .map((name) => Number(name.split('~')[1]))
    .sort((a, b) => a - b)
