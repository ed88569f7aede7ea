import type { CourierManners } from './courier'
import type { VBaseManners } from './vbase'

/** What a world is like, besides what happens in it. */
export interface Nature extends CourierManners, Omit<VBaseManners, 'random'> {
  seed: number
  skus: number
  /** SKUs in a batch, at most; by the seed, where it is not said. */
  mostSkus?: number
  /** How many exports are asked for. */
  mostPosts: number
  /** Milliseconds that a step takes. */
  stepMs: number
  /** Between the clocks of two machines, at most. */
  skewMs: number
  /** A quantity is 0 or 1, and comes again and again, instead of the number of its change. */
  repeats: boolean
  /** `icm-sftp` when absent. */
  delivery?: 'iom-sftp' | 'icm-rest' | undefined
  /** Within how many minutes updates read all offers of other sellers; they do not when absent. */
  refreshMinutes?: number
  /** No seller's stock is in Centra. */
  withoutCentra?: boolean
  /** Milliseconds by which a notification is late, at most. */
  lateMs: number
}

/** One without faults. */
export const quiet: Nature = {
  seed: 1,
  skus: 9,
  honoursIfMatch: true,
  staleMs: 0,
  doubledShare: 0,
  loses: false,
  impatient: false,
  leaseLost: 0,
  mostPosts: 9,
  stepMs: 20,
  skewMs: 0,
  lateMs: 0,
  repeats: false,
}
