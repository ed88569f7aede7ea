import { parseSettings, problemsOf, readSetting } from '../settings/settings'

const HOOK = 'https://alerts.centra.com/api/hooks/a'
const NAMES = ['adminEmail', 'alertWebhook'] as const

const addresses = (saved: object) => NAMES.map((name) => readSetting(saved, name))
const problems = (saved: object) => problemsOf(saved, NAMES)

describe('addresses of alerts', () => {
  it('readSetting returns none while nothing is saved', () => {
    expect([addresses({}), problems({})]).toEqual([['', ''], []])
  })

  it('readSetting returns the saved ones', () => {
    const saved = { adminEmail: ' ops@example.com ', alertWebhook: HOOK }
    expect(addresses(saved)).toEqual(['ops@example.com', HOOK])
    expect(problems(saved)).toEqual([])
  })

  it.each<[(typeof NAMES)[number], string, RegExp]>([
    ['adminEmail', 'ops', /^adminEmail: expected one e-mail address/],
    ['adminEmail', 'a@x.com,b@x.com', /^adminEmail: expected one e-mail address/],
    ['alertWebhook', 'http://alerts.centra.com/api/a', /^alertWebhook: expected .* https/],
    ['alertWebhook', 'https://s3cret@alerts.centra.com/api/a', /^alertWebhook: expected .* https/],
    ['alertWebhook', 'https://alerts.centra.com:8443/api/a', /^alertWebhook: expected .* https/],
    ['alertWebhook', 'https://alerts.centra.com/s3cret', /^alertWebhook: VTEX lets this app/],
    [
      'alertWebhook',
      'https://hooks.example.com/s3cret',
      /\*\.centra\.com.* manifest\.json, run npm run settings, and release your own version/,
    ],
  ])('problemsOf says why %s %s is refused, without its value', (setting, value, problem) => {
    const saved = { [setting]: value }
    expect(problems(saved)).toEqual([expect.stringMatching(problem)])
    expect(problems(saved).join()).not.toContain('s3cret')
    expect(readSetting(saved, setting)).toBeUndefined()
  })

  it('parseSettings accepts wrong ones: they fail no export', () => {
    const sftp = { sftpHost: 'drop.example', sftpUser: 'vtex', sftpPassword: 'x' }
    expect(() => parseSettings({ ...sftp, adminEmail: 'ops', alertWebhook: 'x' })).not.toThrow()
  })
})
