import { desired } from './desired'
import { fingerprintOf } from './reconcile'

const wanted = (saved: object) =>
  desired({ token: 's3cret', ...saved }, { account: 'a', workspace: 'master', production: true })

describe('a fingerprint', () => {
  it('tells every change apart, and nothing of it', () => {
    const different = [
      wanted({}),
      wanted({ token: '' }),
      wanted({ token: 'new' }),
      wanted({ updateSchedule: '' }),
      wanted({ updateSchedule: 'bad' }),
      wanted({ fullSchedule: '' }),
      wanted({ fullSchedule: '1 1 * * *' }),
    ].map(fingerprintOf)
    expect(new Set(different).size).toBe(different.length)
    for (const each of different) expect(each).toMatch(/^[0-9a-f]{64}$/)
    expect(fingerprintOf(wanted({ fullSchedule: ' 0  3 * * *' }))).toBe(fingerprintOf(wanted({})))
  })
})
