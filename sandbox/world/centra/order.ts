import { hash } from '../../common/hash'
import { Permutation } from '../commerce/permutation'
import type { Company } from './company'

/** An order of rows. */
interface Order {
  /** The numbers of all rows, including removed ones. */
  all(): Iterable<number>
  /** Compares two row numbers. */
  compare(a: number, b: number): number
}

/** The current order of the company's list. */
export function orderOf(company: Company): Order {
  switch (company.behaviour.order) {
    case 'id':
      return { all: () => upTo(0, company.numbers), compare: (a, b) => a - b }
    case 'modified':
      return byModification(company)
    case 'shuffled':
      return shuffled(company)
  }
}

function* upTo(from: number, to: number): Generator<number> {
  for (let number = from; number < to; number++) yield number
}

function byModification(company: Company): Order {
  const { seeded } = company
  const at = (number: number) => company.momentsAt(number).stockModified
  const compare = (a: number, b: number) => at(a) - at(b) || a - b
  return {
    compare,
    *all() {
      // All changes are later than the generated times.
      const isMoved = (number: number) =>
        number >= seeded.count || at(number) !== seeded.moments(number).stockModified
      const moved = company.changedNumbers().filter(isMoved)
      const isLater = new Set(moved)
      for (let position = 0; position < seeded.count; position++) {
        const number = seeded.byModification(position)
        if (!isLater.has(number)) yield number
      }
      yield* moved.sort(compare)
    },
  }
}

/** Added rows are at the end. */
function shuffled({ seeded, seed, numbers }: Company): Order {
  const order = new Permutation(seeded.count, hash(seed, 78))
  const place = (number: number) => (number < seeded.count ? order.positionOf(number) : number)
  return {
    compare: (a, b) => place(a) - place(b),
    *all() {
      for (let position = 0; position < seeded.count; position++) yield order.at(position)
      yield* upTo(seeded.count, numbers)
    },
  }
}
