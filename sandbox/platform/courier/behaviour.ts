import { z } from 'zod'

const share = z.number().min(0).max(1)
const milliseconds = z.number().nonnegative()

/** What VTEX does not document of courier, to be set as hostile as a test wants it; read at each use. */
export const courierBehaviourSchema = z.strictObject({
  /** Refuses every event with 503. */
  down: z.boolean(),
  /** Shares of deliveries that come twice, or never. */
  doubled: share,
  lost: share,
  /** Milliseconds before the first attempt. */
  delay: milliseconds,
  /** The share of deliveries that wait up to `reorderWithin` ms longer, so that later ones overtake them. */
  reordered: share,
  reorderWithin: milliseconds,
  /** Milliseconds before the first redelivery, growing by `retryFactor` up to `maxRetry`. */
  firstRetry: milliseconds,
  retryFactor: z.number().min(1),
  maxRetry: milliseconds,
  /** After so many attempts an event is dropped; null, as JSON writes infinity, is never. */
  maxAttempts: z
    .int()
    .positive()
    .nullable()
    .transform((attempts) => attempts ?? Number.POSITIVE_INFINITY),
  /** Milliseconds that a handler may take before its event is delivered again. */
  timeout: milliseconds,
})

export type CourierBehaviour = z.infer<typeof courierBehaviourSchema>

export const DEFAULT_BEHAVIOUR: Readonly<CourierBehaviour> = {
  down: false,
  doubled: 0,
  lost: 0,
  delay: 0,
  reordered: 0,
  reorderWithin: 1_000,
  firstRetry: 200,
  retryFactor: 2,
  maxRetry: 10_000,
  maxAttempts: Number.POSITIVE_INFINITY,
  timeout: 90_000,
}
