import { z } from 'zod'

const share = z.number().min(0).max(1)
const milliseconds = z.number().nonnegative()

/** Behaviour of courier that VTEX does not document, and faults. Changes take effect immediately. */
export const courierBehaviourSchema = z.strictObject({
  /** Responds 503 to every event. */
  down: z.boolean(),
  /** Shares of deliveries that are duplicated or lost. */
  doubled: share,
  lost: share,
  /** Milliseconds before the first attempt. */
  delay: milliseconds,
  /** Share of deliveries that are delayed by up to `reorderWithin` ms, so that later ones overtake them. */
  reordered: share,
  reorderWithin: milliseconds,
  /** Milliseconds before the first redelivery, growing by `retryFactor` up to `maxRetry`. */
  firstRetry: milliseconds,
  retryFactor: z.number().min(1),
  maxRetry: milliseconds,
  /** Attempts before an event is dropped; null (JSON's infinity): never dropped. */
  maxAttempts: z
    .int()
    .positive()
    .nullable()
    .transform((attempts) => attempts ?? Number.POSITIVE_INFINITY),
  /** Milliseconds after which an event without an acknowledgement is delivered again. */
  timeout: milliseconds,
  /** Deliveries that wait for their acknowledgement at one time, at most. */
  mostInFlight: z.int().positive(),
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
  mostInFlight: 64,
}
