import { desired, hashOf } from './schedules'

const wanted = (saved: object) =>
  desired({ token: 's3cret', ...saved }, { account: 'a', workspace: 'master', production: true })

describe('hashOf', () => {
  it('differs for every change, and reveals no token', () => {
    const different = [
      wanted({}),
      wanted({ token: '' }),
      wanted({ token: 'new' }),
      wanted({ updateSchedule: '' }),
      wanted({ updateSchedule: 'bad' }),
      wanted({ fullSchedule: '' }),
      wanted({ fullSchedule: '1 1 * * *' }),
    ].map(hashOf)
    expect(new Set(different).size).toBe(different.length)
    for (const each of different) expect(each).toMatch(/^[0-9a-f]{64}$/)
    expect(hashOf(wanted({ fullSchedule: ' 0  3 * * *' }))).toBe(hashOf(wanted({})))
  })
})
