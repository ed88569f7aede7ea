import { hash } from '../../common/hash'

const ROUNDS = 4

/**
 * A shuffle of 0..size-1 without memory: a Feistel network over the next power of four with cycle walking. Stable for a
 * seed.
 */
export class Permutation {
  private readonly halfBits: number
  private readonly mask: number

  constructor(
    private readonly size: number,
    private readonly seed: number
  ) {
    this.halfBits = Math.max(1, Math.ceil(Math.log2(Math.max(2, size)) / 2))
    this.mask = 2 ** this.halfBits - 1
  }

  /** The value at a position. */
  at(position: number): number {
    let value = this.forward(position)
    while (value >= this.size) value = this.forward(value)
    return value
  }

  /** The position of a value. */
  positionOf(value: number): number {
    let position = this.backward(value)
    while (position >= this.size) position = this.backward(position)
    return position
  }

  private forward(value: number): number {
    let left = value >>> this.halfBits
    let right = value & this.mask
    for (let round = 0; round < ROUNDS; round++) {
      const next = left ^ (hash(this.seed, right, round) & this.mask)
      left = right
      right = next
    }
    return left * (this.mask + 1) + right
  }

  private backward(value: number): number {
    let left = value >>> this.halfBits
    let right = value & this.mask
    for (let round = ROUNDS - 1; round >= 0; round--) {
      const previous = right ^ (hash(this.seed, left, round) & this.mask)
      right = left
      left = previous
    }
    return left * (this.mask + 1) + right
  }
}
