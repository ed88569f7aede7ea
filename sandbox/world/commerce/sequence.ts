/**
 * Positions 0..size-1 less those that were taken out. What follows a removed
 * position moves up, as the rows of a paged listing do. Memory: the removals.
 */
export class Sequence {
  private readonly removed: number[] = []

  constructor(private readonly size: number) {}

  get length(): number {
    return this.size - this.removed.length
  }

  /** Takes a position out; a second time does nothing. */
  remove(position: number): void {
    const at = this.removedBefore(position)
    if (this.removed[at] !== position) this.removed.splice(at, 0, position)
  }

  /** The positions of the rows from..to-1 of those that are left. */
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

  // How many removed positions are smaller than this one.
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
