import fc from 'fast-check'

import { fileName } from './icmFiles'

const moment = fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2099, 11, 31) })
const number = fc.integer({ min: 1, max: 9_999 })

describe('fileName', () => {
  it('returns prefix, timestamp, number and content hash', () => {
    expect(fileName('stock', Date.UTC(2026, 10, 21, 20), 3, 'content')).toMatch(
      /^stock-20261121T200000000-0003-[0-9a-f]{12}\.xml$/
    )
  })

  it('sorts by the time of observation, then by the number within the batch', () => {
    fc.assert(
      fc.property(moment, moment, number, number, fc.string(), fc.string(), (...given) => {
        const [at, other, first, second, content, otherContent] = given
        fc.pre(at !== other || first !== second)
        const isEarlier = at < other || (at === other && first < second)
        const name = fileName('stock', at, first, content)
        const otherName = fileName('stock', other, second, otherContent)
        expect(name < otherName).toBe(isEarlier)
      })
    )
  })

  it('returns the same name for the same content only', () => {
    const name = (content: string) => fileName('stock', Date.UTC(2026, 10, 21, 20), 1, content)
    expect(name('a')).toBe(name('a'))
    expect(name('a')).not.toBe(name('b'))
  })
})
