import { alertAddresses, alertProblems, parseSettings } from '../settings/settings'

const HOOK = 'https://alerts.centra.com/api/hooks/a'

describe('addresses of alerts', () => {
  it('alertAddresses returns none while nothing is saved', () => {
    expect([alertAddresses({}), alertProblems({})]).toEqual([{ mail: '', webhook: '' }, []])
  })

  it('alertAddresses returns the saved ones', () => {
    const saved = { adminEmail: ' ops@example.com ', alertWebhook: HOOK }
    expect(alertAddresses(saved)).toEqual({ mail: 'ops@example.com', webhook: HOOK })
    expect(alertProblems(saved)).toEqual([])
  })

  it.each([
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
  ])('alertProblems says why %s %s is refused, without its value', (setting, value, problem) => {
    const saved = { [setting]: value }
    expect(alertProblems(saved)).toEqual([expect.stringMatching(problem)])
    expect(alertProblems(saved).join()).not.toContain('s3cret')
    expect(alertAddresses(saved)).toEqual({ mail: '', webhook: '' })
  })

  it('parseSettings accepts wrong ones: they fail no export', () => {
    const sftp = { sftpHost: 'drop.example', sftpUser: 'vtex', sftpPassword: 'x' }
    expect(() => parseSettings({ ...sftp, adminEmail: 'ops', alertWebhook: 'x' })).not.toThrow()
  })
})
