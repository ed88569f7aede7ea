import fc from 'fast-check'
import { isToken } from './authenticate'

describe('isToken', () => {
  it('accepts exactly the configured tokens', () => {
    fc.assert(
      fc.property(fc.fullUnicodeString(), fc.array(fc.fullUnicodeString()), (given, configured) => {
        expect(isToken(given, configured)).toBe(configured.includes(given))
        expect(isToken(given, [...configured, given])).toBe(true)
        expect(isToken(given, [given, ...configured])).toBe(true)
      })
    )
  })

  it.each(['secre', 'secrets', 'Secret', ' secret', 'secret\n', ''])(
    'rejects a token that is only similar (%j)',
    (given) => {
      expect(isToken(given, ['secret', 'former'])).toBe(false)
    }
  )

  it('accepts up to 1,024 bytes and no more', () => {
    const longest = 'x'.repeat(1_024)
    expect(isToken(longest, [longest])).toBe(true)
    expect(isToken(`${longest}x`, [`${longest}x`])).toBe(false)
  })

  it('rejects everything if no token is configured', () => {
    expect(isToken('', [])).toBe(false)
    expect(isToken('undefined', [])).toBe(false)
  })
})
