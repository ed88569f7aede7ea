import { z } from 'zod'

const share = z.number().min(0).max(1)
const ms = z.int().nonnegative().max(3_600_000)

/** Delivery of notifications: shares from 0 to 1, times in milliseconds. */
export const behaviourSchema = z.strictObject({
  /** Share published twice; the second one may be delayed separately. */
  doubled: share,
  /** Share published `delay` later. */
  delayed: share,
  delay: ms,
  /** Share published up to `reorderWithin` later, so that later changes overtake them. */
  reordered: share,
  reorderWithin: ms,
  /** Share never published. */
  lost: share,
  /** Share published with nothing but the SKU. */
  partial: share,
})

/** Changes take effect with the next notification. */
export type BroadcasterBehaviour = z.infer<typeof behaviourSchema>

export const DEFAULT_BEHAVIOUR: Readonly<BroadcasterBehaviour> = {
  doubled: 0,
  delayed: 0,
  delay: 5_000,
  reordered: 0,
  reorderWithin: 1_000,
  lost: 0,
  partial: 0.1,
}
