import { readFileSync } from 'fs'
import { join } from 'path'

import { errorCodes } from '../../node/common/errors'
import { logSteps } from '../../node/common/logger'

const operations = readFileSync(join(__dirname, '..', '..', 'docs', 'operations.md'), 'utf8')

/** The section below a heading of second rank. */
const section = (heading: string) =>
  operations.split(/^## /m).find((text) => text.startsWith(heading))

/** The cells of a section's tables, the first of which is in backticks. */
const rows = (heading: string) =>
  [...(section(heading) ?? '').matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)].map(
    ([, name = '', cell = '']) => ({ name, cell })
  )

const sorted = (names: Iterable<string>) => [...new Set(names)].sort()

describe('docs/operations.md', () => {
  it('explains each code of the table of errors, and no other', () => {
    const explained = rows('Error codes').map(({ name }) => name)
    expect(sorted(explained)).toEqual(sorted(Object.keys(errorCodes)))
  })

  it('names no other code elsewhere', () => {
    const named = [...operations.matchAll(/`([a-z]+(?:_[A-Za-z]+)+)`/g)].map(([, code]) => code)
    expect(Object.keys(errorCodes)).toEqual(expect.arrayContaining(named))
  })

  it('explains each log step, and no other, with its level', () => {
    const explained = rows('Log steps').map(({ name, cell }) => [name, cell])
    const known = Object.entries(logSteps).map(([step, [level]]) => [
      step,
      level.includes('|') ? 'by status' : level,
    ])
    expect(Object.fromEntries(explained)).toEqual(Object.fromEntries(known))
  })

  it('names no other log step elsewhere', () => {
    const places = [...operations.matchAll(/log: `[^`]+`(?:(?:, | or )`[^`]+`)*/g)].join()
    const named = [...places.matchAll(/`([^`]+)`/g)].map(([, step]) => step)
    expect(named.length).toBeGreaterThan(0)
    expect(Object.keys(logSteps)).toEqual(expect.arrayContaining(named))
  })
})
