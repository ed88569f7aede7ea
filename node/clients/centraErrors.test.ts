import fc from 'fast-check'
import { errorTextOf, oneLine } from './centraErrors'

const said = (answer: unknown) => errorTextOf(answer, [])

describe('errorTextOf', () => {
  it.each<[string, object, string]>([
    ['a text', { msg: 'Invalid date' }, 'Invalid date'],
    ['a text and a code', { code: 12, msg: 'Invalid date' }, 'code 12; Invalid date'],
    [
      'an object',
      { msg: { modified: 'wrong', sku: ['a', 'b'] } },
      'modified: wrong; sku: a; sku: b',
    ],
    ['nothing', {}, ''],
    ['nothing in many words', { msg: '', errors: [], errorMessages: {}, code: null }, ''],
    ['errors', { errors: [{ field: 'sku', no: 7 }] }, 'field: sku; no: 7'],
    ['errorMessages', { errorMessages: ['one', 'two'] }, 'one; two'],
    ['the same twice', { msg: 'wrong', errorMessages: ['wrong'] }, 'wrong'],
    [
      'all at once',
      { msg: 'a', code: 'E1', errors: 'b', errorMessages: { c: false } },
      'code E1; a; b; c: false',
    ],
    ['too deep to be looked at', { msg: { a: { b: { c: { d: { e: 'f' } } } } } }, ''],
  ])('reads %s', (_, answer, expected) => {
    expect(said({ status: 'no', ...answer })).toBe(expected)
  })

  it('returns an empty text if there is no response', () => {
    for (const answer of [undefined, null, 'text', 7]) expect(said(answer)).toBe('')
  })

  it('returns one line without control characters', () => {
    expect(said({ msg: ' a\r\nb\u0000\u001b[31mc\u2028d\u202e\t ' })).toBe('a b [31mc d')
  })

  it('returns at most 300 characters', () => {
    const long = said({ msg: 'x'.repeat(100_000) })
    expect(long).toHaveLength(300)
    expect(long.endsWith('x…')).toBe(true)
    expect(said({ errors: Array(100_000).fill({ a: 'x'.repeat(9) }) }).length).toBeLessThan(301)
  })

  it('cuts between characters', () => {
    expect(said({ msg: '🚲'.repeat(400) })).toBe(`${'🚲'.repeat(299)}…`)
  })

  it('removes a secret wherever the response repeats it', () => {
    const secret = fc.stringOf(fc.constantFrom(...'abcXYZ019+/=&%.-_~!'), {
      minLength: 6,
      maxLength: 40,
    })
    const around = fc.string({ maxLength: 400 })
    fc.assert(
      fc.property(secret, around, around, (token, before, after) => {
        const words = `${before}${token}${after} ${encodeURIComponent(token)}`
        const answer = {
          msg: words,
          code: token,
          errors: { [token]: words },
          errorMessages: [[words]],
        }
        for (const line of [errorTextOf(answer, [token]), oneLine(words, [token])]) {
          expect(line).not.toContain(token)
          expect(line).not.toContain(encodeURIComponent(token))
        }
      })
    )
  })
})
