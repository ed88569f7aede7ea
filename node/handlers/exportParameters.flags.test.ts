import fc from 'fast-check'
import { HttpError } from '../middlewares/errorHandler'
import { parseQuery } from './exportParameters'

function refusal(query: string): HttpError {
  try {
    parseQuery(query)
  } catch (thrown) {
    if (thrown instanceof HttpError) return thrown
    throw thrown
  }
  throw new Error(`${query} was accepted`)
}

const junk = [
  '',
  '1',
  '0',
  'yes',
  'TRUE',
  'True',
  'true ',
  '%20true',
  'true%00',
  'null',
  '%74rue%',
  '[]',
]

describe('flagsOf', () => {
  it.each<[string, boolean, boolean]>([
    ['', false, false],
    ['dryRun=true', true, false],
    ['force=true', false, true],
    ['force=true&dryRun=true', true, true],
    ['dryRun=false&force=false', false, false],
    ['dryRun=%74rue', true, false],
  ])('reads %j', (query, dryRun, force) => {
    expect(parseQuery(query)).toEqual({ dryRun, force })
  })

  it('returns false for dryRun and force if they are absent', () => {
    fc.assert(
      fc.property(fc.webQueryParameters(), (query) => {
        const said = new URLSearchParams(query)
        fc.pre(!said.has('dryRun') && !said.has('force'))
        expect(parseQuery(query)).toEqual({ dryRun: false, force: false })
      })
    )
    const others = 'dryrun=true&FORCE=true&dryRun[]=true&force.x=true&__proto__=true'
    expect(parseQuery(others)).toEqual({ dryRun: false, force: false })
  })

  it('finds a flag behind thousands of other parameters', () => {
    expect(parseQuery(`${'a=1&'.repeat(2_000)}dryRun=true`).dryRun).toBe(true)
  })

  it.each(junk)('rejects %j', (given) => {
    for (const name of ['dryRun', 'force']) {
      expect(refusal(`${name}=${given}`)).toMatchObject({
        status: 400,
        code: `invalid_${name}`,
        message: `${name}: expected true or false, once`,
      })
    }
  })

  it('rejects a flag that comes twice or without a value', () => {
    for (const name of ['dryRun', 'force']) {
      for (const query of [`${name}=true&${name}=true`, `${name}=false&a&${name}=true`, name]) {
        expect(refusal(query).code).toBe(`invalid_${name}`)
      }
    }
  })
})
