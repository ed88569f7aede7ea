import type { AccountRef } from '../common/perAccount'
import { appSettings, SettingsUnavailableError } from './settingsCache'

/** An apps client that counts its calls and says what it is told to. */
class Apps {
  calls = 0

  constructor(public answer: () => Promise<unknown>) {}

  getAppSettings(): Promise<unknown> {
    this.calls++
    return this.answer()
  }
}

const settingsOf = (apps: Apps, vtex: AccountRef) => appSettings({ clients: { apps }, vtex })

let accounts = 0
/** What is kept is kept for the process, so each test has an account of its own. */
const freshAccount = () => ({ account: `account${++accounts}`, workspace: 'master' })

const unreachable = () =>
  Promise.reject(Object.assign(new Error('x'), { code: 'ECONNRESET', config: { token: 's3cret' } }))

beforeEach(() => {
  jest.useFakeTimers({ now: Date.UTC(2026, 10, 21) })
})

afterEach(() => {
  jest.useRealTimers()
})

describe('appSettings', () => {
  it('reads once for a burst of requests, and again a minute later', async () => {
    const where = freshAccount()
    const apps = new Apps(async () => ({ token: 'a' }))
    const flood = await Promise.all(Array.from({ length: 500 }, () => settingsOf(apps, where)))
    expect(new Set(flood)).toEqual(new Set([{ token: 'a' }]))
    expect(apps.calls).toBe(1)

    apps.answer = async () => ({ token: 'b' })
    jest.advanceTimersByTime(60_000)
    expect(await settingsOf(apps, where)).toEqual({ token: 'b' })
    expect(apps.calls).toBe(2)
  })

  it('keeps each account and workspace apart', async () => {
    const where = freshAccount()
    const saying = (token: string) => new Apps(async () => ({ token }))
    const own = await settingsOf(saying('own'), where)
    const other = await settingsOf(saying('other account'), freshAccount())
    const third = await settingsOf(saying('other workspace'), { ...where, workspace: 'dev' })
    const tokens = ['own', 'other account', 'other workspace'].map((token) => ({ token }))
    expect([own, other, third]).toEqual(tokens)
  })

  it('fails for the whole burst where the settings cannot be read', async () => {
    const where = freshAccount()
    const apps = new Apps(unreachable)
    const flood = Array.from({ length: 500 }, () => settingsOf(apps, where))
    for (const { status } of await Promise.allSettled(flood)) expect(status).toBe('rejected')
    await expect(settingsOf(apps, where)).rejects.toThrow(SettingsUnavailableError)
    await expect(settingsOf(apps, where)).rejects.toThrow(
      'the app settings cannot be read. VTEX apps: ECONNRESET'
    )
    expect(apps.calls).toBe(1)
  })

  it.each([
    ['a text', '<html>s3cret</html>'],
    ['a list', [{ token: 's3cret' }]],
    ['a number', 7],
    ['a truth', false],
  ])('fails where the settings come as %s', async (_, answer) => {
    const apps = new Apps(async () => answer)
    const error = await settingsOf(apps, freshAccount()).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(SettingsUnavailableError)
    expect(error).not.toHaveProperty('message', expect.stringContaining('s3cret'))
  })

  it.each([null, undefined, {}])('returns %j where nobody saved the form', async (answer) => {
    expect(await settingsOf(new Apps(async () => answer), freshAccount())).toEqual(answer)
  })

  it('reads again a second after it failed', async () => {
    const where = freshAccount()
    const apps = new Apps(unreachable)
    await expect(settingsOf(apps, where)).rejects.toThrow(SettingsUnavailableError)
    apps.answer = async () => ({ token: 'a' })
    jest.advanceTimersByTime(1_001)
    expect(await settingsOf(apps, where)).toEqual({ token: 'a' })
  })
})
