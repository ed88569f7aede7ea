import { z } from 'zod'

const share = z.number().min(0).max(1)
const ms = z.int().nonnegative().max(3_600_000)

/** How the broadcaster tells of changes: shares are from 0 to 1, times are milliseconds. */
export const behaviourSchema = z.strictObject({
  /** Told twice; the second telling may come late by itself. */
  doubled: share,
  /** Told `delay` later. */
  delayed: share,
  delay: ms,
  /** Told up to `reorderWithin` later, so that later changes overtake them. */
  reordered: share,
  reorderWithin: ms,
  /** Never told. */
  lost: share,
  /** Told with nothing but the SKU. */
  partial: share,
})

/** Shares and times, read at each change. */
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
