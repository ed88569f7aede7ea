/** What VTEX does not document of courier, to be set as hostile as a test wants it; read at each use. */
export interface CourierBehaviour {
  /** Refuses every event with 503. */
  down: boolean
  /** Shares, 0 to 1, of deliveries that come twice, or never. */
  doubled: number
  lost: number
  /** Milliseconds before the first attempt. */
  delay: number
  /** The share of deliveries that wait up to `reorderWithin` ms longer, so that later ones overtake them. */
  reordered: number
  reorderWithin: number
  /** Milliseconds before the first redelivery, growing by `retryFactor` up to `maxRetry`. */
  firstRetry: number
  retryFactor: number
  maxRetry: number
  /** After so many attempts an event is dropped. */
  maxAttempts: number
  /** Milliseconds that a handler may take before its event is delivered again. */
  timeout: number
}

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
