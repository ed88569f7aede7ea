import { type Desired, desired, problemsIn } from './schedules'

const PRODUCTION = { account: 'acme', workspace: 'master', production: true }
const wanted = (saved: unknown, where: Partial<typeof PRODUCTION> = {}) =>
  desired(saved, { ...PRODUCTION, ...where })
const idsOf = ({ entries }: Desired) => entries.map(({ id }) => id)
const BOTH = ['intershop-stock-update', 'intershop-stock-full']

describe('the entries of the scheduler', () => {
  it('call update every five minutes and export at night, where nobody said otherwise', () => {
    const request = { headers: { token: 'abc', 'content-type': 'application/json' } }
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

  it('come when the settings say, and never where one is empty', () => {
    const { schedules, entries } = wanted({
      token: 'abc',
      updateSchedule: ' ',
      fullSchedule: ' 30  4 * * 7',
    })
    expect(entries).toMatchObject([{ id: 'intershop-stock-full', expression: '30 4 * * 7' }])
    expect(schedules).toEqual({ update: { none: true }, full: { expression: '30 4 * * 7' } })
  })

  it('carry the token and never the one before it', () => {
    const { entries } = wanted({ token: 'new', previousToken: 'old' })
    expect(entries.map(({ headers }) => headers.token)).toEqual(['new', 'new'])
  })

  it.each([null, undefined, {}, { previousToken: 'old' }, { token: ' ' }, { token: 7 }])(
    'are none without a token: %j',
    (saved) => {
      expect(wanted(saved).entries).toEqual([])
    }
  )

  it.each([7, 'tök', 'a\tb', 'x'.repeat(1_025)])(
    'are none with the token %j, which is said without repeating it',
    (token) => {
      const found = wanted({ token, previousToken: 'old' })
      expect(found.entries).toEqual([])
      expect(problemsIn(found)).toEqual([expect.stringMatching(/^token: expected at most 1,024/)])
      expect(problemsIn(wanted({ token }, { workspace: 'dev', production: false }))).toEqual([])
    }
  )

  it.each(['* * * *', '@daily', 7, true, {}, [], ['* * * * *']])(
    'lack one whose expression is %j, which is said without repeating it',
    (updateSchedule) => {
      const found = wanted({ token: 'abc', updateSchedule })
      expect(idsOf(found)).toEqual(['intershop-stock-full'])
      expect(problemsIn(found)).toEqual([
        'updateSchedule: expected five cron fields such as */5 * * * *, or nothing',
      ])
    }
  )

  it('depend on no other setting', () => {
    expect(idsOf(wanted({ token: 'abc', sftpPort: 'x', maxConcurrency: -1 }))).toEqual(BOTH)
  })

  it('are there in production, and in a workspace that may deliver, and nowhere else', () => {
    const dev = { workspace: 'dev', production: false }
    expect(idsOf(wanted({ token: 'abc' }, dev))).toEqual([])
    expect(idsOf(wanted({ token: 'abc', deliverFromWorkspace: 'other' }, dev))).toEqual([])
    expect(idsOf(wanted({ token: 'abc', deliverFromWorkspace: ' dev ' }, dev))).toEqual(BOTH)
    expect(idsOf(wanted({ token: 'abc' }, { workspace: 'b-test' }))).toEqual(BOTH)
    expect(idsOf(wanted({ token: 'abc' }, { production: false }))).toEqual(BOTH)
  })
})
