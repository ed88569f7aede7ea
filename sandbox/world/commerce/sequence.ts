/**
 * Positions 0..size-1 without removed ones. Positions after a removed one move up, like rows of a paged list. Only
 * removals take memory.
 */
export class Sequence {
  private readonly removed: number[] = []

  constructor(private readonly size: number) {}

  get length(): number {
    return this.size - this.removed.length
  }

  /** Removes a position; idempotent. */
  remove(position: number): void {
    const at = this.removedBefore(position)
    if (this.removed[at] !== position) this.removed.splice(at, 0, position)
  }

  /** The remaining positions at rows from..to-1. */
  slice(from: number, to: number): number[] {
    const end = Math.min(to, this.length)
    const positions: number[] = []
    if (from >= end) return positions
    let position = this.positionOfRow(from)
    let next = this.removedBefore(position)
    while (positions.length < end - from) {
      if (this.removed[next] === position) next++
      else positions.push(position)
      position++
    }
    return positions
  }

  // Number of removed positions before this one.
  private removedBefore(position: number): number {
    let low = 0
    let high = this.removed.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.removed[middle] ?? 0) < position) low = middle + 1
      else high = middle
    }
    return low
  }

  private positionOfRow(row: number): number {
    let low = 0
    let high = this.removed.length
    while (low < high) {
      const middle = (low + high) >>> 1
      // The rows before the removal at `middle` are its position less the removals before it.
      if ((this.removed[middle] ?? 0) - middle <= row) low = middle + 1
      else high = middle
    }
    return row + low
  }
}
