import fc from 'fast-check'
import { isToken } from './authenticate'

describe('a token', () => {
  it('opens where it is one of the configured ones, to the letter', () => {
    fc.assert(
      fc.property(fc.fullUnicodeString(), fc.array(fc.fullUnicodeString()), (given, configured) => {
        expect(isToken(given, configured)).toBe(configured.includes(given))
        expect(isToken(given, [...configured, given])).toBe(true)
        expect(isToken(given, [given, ...configured])).toBe(true)
      })
    )
  })

  it.each(['secre', 'secrets', 'Secret', ' secret', 'secret\n', ''])(
    'that is only like one (%j) opens nothing',
    (given) => {
      expect(isToken(given, ['secret', 'former'])).toBe(false)
    }
  )

  it('opens up to 1,024 bytes long, and not longer', () => {
    const longest = 'x'.repeat(1_024)
    expect(isToken(longest, [longest])).toBe(true)
    expect(isToken(`${longest}x`, [`${longest}x`])).toBe(false)
  })

  it('opens nothing where none is configured', () => {
    expect(isToken('', [])).toBe(false)
    expect(isToken('undefined', [])).toBe(false)
  })
})
