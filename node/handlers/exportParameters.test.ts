import fc from 'fast-check'
import { HttpError } from '../middlewares/errorHandler'
import { parsePath } from './exportParameters'

const MOST = Number.MAX_SAFE_INTEGER

function refusal(params: Parameters<typeof parsePath>[0]): HttpError {
  try {
    parsePath(params)
  } catch (thrown) {
    if (thrown instanceof HttpError) return thrown
    throw thrown
  }
  throw new Error(`${JSON.stringify(params)} was accepted`)
}

const junk = [
  '',
  '-1',
  '+1',
  '1.5',
  '1e3',
  '0x10',
  '01',
  ' 1',
  '1 ',
  '1\n',
  '١',
  '9007199254740992',
  '9007199254740993',
  '1152921504606846976',
  '99999999999999999999',
  '%31',
  "1' or '1'='1",
  '../1',
]

describe('scopeOf', () => {
  it('returns an empty scope without parameters', () => {
    expect(parsePath({})).toEqual({})
  })

  it('accepts whole numbers up to 2^53-1, and minutes up to thirty days', () => {
    const number = (most: number) => fc.oneof(fc.integer({ min: 1, max: most }), fc.constant(most))
    expect(parsePath({ startId: '0' })).toEqual({ startId: 0 })
    fc.assert(
      fc.property(number(MOST), number(43_200), (startId, minutes) => {
        expect(parsePath({ startId: String(startId) })).toEqual({ startId })
        expect(parsePath({ minutes: String(minutes), sellerId: '1' })).toEqual({
          minutes,
          sellerId: '1',
        })
      })
    )
  })

  it.each(junk)('rejects %j as startId and minutes', (given) => {
    expect(refusal({ startId: given })).toMatchObject({
      status: 400,
      code: 'invalid_startId',
      message: `startId: expected a whole number from 0 to ${MOST}`,
    })
    expect(refusal({ minutes: given })).toMatchObject({ status: 400, code: 'invalid_minutes' })
  })

  it('rejects 0 minutes', () => {
    expect(refusal({ minutes: '0' }).message).toBe(
      'minutes: expected a whole number from 1 to 43200'
    )
  })

  it.each(['abc', 'NaN', 'Infinity'])('rejects %s as a number', (given) => {
    expect(refusal({ startId: given }).status).toBe(400)
    expect(refusal({ minutes: given }).status).toBe(400)
  })

  it('rejects more minutes than a month has', () => {
    expect(refusal({ minutes: '43201' }).message).toBe(
      'minutes: expected a whole number from 1 to 43200'
    )
  })

  it.each(['1', '42', String(MOST), 'acme', 'Acme-Store_2', '3dshop', 'shop.pl'])(
    'accepts the sellerId %s',
    (sellerId) => {
      expect(parsePath({ sellerId })).toEqual({ sellerId })
    }
  )

  it.each([
    '',
    '.',
    '..',
    '%2e%2e',
    '../1',
    ' 1',
    '1\n',
    '١',
    'ac me',
    'acmé',
    'a/b',
    'a%2Fb',
    `a${'b'.repeat(100)}`,
  ])('rejects the sellerId %s', (sellerId) => {
    expect(refusal({ sellerId }).code).toBe('invalid_sellerId')
  })

  it('rejects a parameter that comes twice', () => {
    expect(refusal({ startId: ['1', '2'] }).code).toBe('invalid_startId')
    expect(refusal({ startId: undefined }).code).toBe('invalid_startId')
    expect(refusal({ sellerId: ['1'] }).code).toBe('invalid_sellerId')
  })

  it('repeats no invalid value in its message', () => {
    fc.assert(
      fc.property(fc.hexaString({ minLength: 8 }), (hex) => {
        expect(refusal({ sellerId: `<${hex}>`, startId: '1' }).message).not.toContain(hex)
      })
    )
  })
})
