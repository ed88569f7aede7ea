import { type Desired, desired, problemsIn } from './schedules'

const PRODUCTION = { account: 'acme', workspace: 'master', production: true }
const wanted = (saved: unknown, where: Partial<typeof PRODUCTION> = {}) =>
  desired(saved, { ...PRODUCTION, ...where })
const idsOf = ({ entries }: Desired) => entries.map(({ id }) => id)
const BOTH = ['intershop-stock-update', 'intershop-stock-full']

describe('desired', () => {
  it('returns an update every five minutes and an export at night by default', () => {
    const headers = { token: 'abc', 'content-type': 'application/json' }
    const request = { headers: { ...headers, 'x-intershop-trigger': 'schedule' } }
    expect(wanted({ token: ' abc ' }).entries).toEqual([
      {
        id: 'intershop-stock-update',
        expression: '*/5 * * * *',
        uri: 'https://master--acme.myvtex.com/_v/intershop/stock/update',
        ...request,
      },
      {
        id: 'intershop-stock-full',
        expression: '0 3 * * *',
        uri: 'https://master--acme.myvtex.com/_v/intershop/stock/export',
        ...request,
      },
    ])
  })

  it('returns the schedules of the settings, and none for an empty one', () => {
    const { schedules, entries } = wanted({
      token: 'abc',
      updateSchedule: ' ',
      fullSchedule: ' 30  4 * * 7',
    })
    expect(entries).toMatchObject([{ id: 'intershop-stock-full', expression: '30 4 * * 7' }])
    expect(schedules).toEqual({
      update: { status: 'none' },
      full: { status: 'wanted', expression: '30 4 * * 7' },
    })
  })

  it('sends the token and never the previous one', () => {
    const { entries } = wanted({ token: 'new', previousToken: 'old' })
    expect(entries.map(({ headers }) => headers.token)).toEqual(['new', 'new'])
  })

  it.each([null, undefined, {}, { previousToken: 'old' }, { token: ' ' }, { token: 7 }])(
    'returns no entry without a token: %j',
    (saved) => {
      expect(wanted(saved).entries).toEqual([])
    }
  )

  it.each([7, 'tök', 'a\tb', 'x'.repeat(1_025)])(
    'returns no entry for the token %j, and a problem that does not repeat it',
    (token) => {
      const found = wanted({ token, previousToken: 'old' })
      expect(found.entries).toEqual([])
      expect(problemsIn(found)).toEqual([expect.stringMatching(/^token: expected at most 1,024/)])
      expect(problemsIn(wanted({ token }, { workspace: 'dev', production: false }))).toEqual([])
    }
  )

  it.each(['* * * *', '@daily', 7, true, {}, [], ['* * * * *']])(
    'returns no update entry for %j, and a problem that does not repeat it',
    (updateSchedule) => {
      const found = wanted({ token: 'abc', updateSchedule })
      expect(idsOf(found)).toEqual(['intershop-stock-full'])
      expect(problemsIn(found)).toEqual([
        'updateSchedule: expected five cron fields such as */5 * * * *, or nothing',
      ])
    }
  )

  it('depends on no other setting', () => {
    expect(idsOf(wanted({ token: 'abc', sftpPort: 'x', maxConcurrency: -1 }))).toEqual(BOTH)
  })

  it('returns entries in production and in a workspace that may deliver only', () => {
    const dev = { workspace: 'dev', production: false }
    expect(idsOf(wanted({ token: 'abc' }, dev))).toEqual([])
    expect(idsOf(wanted({ token: 'abc', deliverFromWorkspace: 'other' }, dev))).toEqual([])
    expect(idsOf(wanted({ token: 'abc', deliverFromWorkspace: ' dev ' }, dev))).toEqual(BOTH)
    expect(idsOf(wanted({ token: 'abc' }, { workspace: 'b-test' }))).toEqual(BOTH)
    expect(idsOf(wanted({ token: 'abc' }, { production: false }))).toEqual(BOTH)
  })
})
