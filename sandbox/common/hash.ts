/** Hashes a seed and two integers to 32 bits; neighbouring inputs give unrelated values. */
export function hash(seed: number, first: number, second = 0): number {
  let h = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b)
  h = scramble(h ^ first)
  h = scramble((h + 0x6d2b79f5) ^ second)
  return h >>> 0
}

// The finalizer of MurmurHash3.
function scramble(value: number): number {
  let h = value
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return h ^ (h >>> 16)
}
