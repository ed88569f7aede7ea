import fc from 'fast-check'

import { addCounts, noOffers, type OfferCounts } from './stockOffer'

const count = fc.nat(1_000_000)
const counts: fc.Arbitrary<OfferCounts> = fc
  .record({
    sent: count,
    unchanged: count,
    held: count,
    filtered: count,
    unmapped: count,
    failed: count,
  })
  .map((fields) => ({
    ...fields,
    processed: Object.values(fields).reduce((sum, value) => sum + value, 0),
  }))

const told = ({ sent, unchanged, held, filtered, unmapped, failed }: OfferCounts) =>
  sent + unchanged + held + filtered + unmapped + failed

describe('addCounts', () => {
  it('counts each processed offer once, in the sum as in its parts', () => {
    fc.assert(
      fc.property(fc.array(counts), (all) => {
        const sum = all.reduce(addCounts, noOffers)
        expect(sum.processed).toBe(told(sum))
        expect(sum.processed).toBe(all.reduce((total, { processed }) => total + processed, 0))
        expect(sum.failed).toBe(all.reduce((total, { failed }) => total + failed, 0))
      })
    )
  })
})
