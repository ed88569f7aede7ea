import { centraOf, parseSettings, settingsHashOf } from './settings'

const required = { sftpHost: 'drop.example', sftpUser: 'vtex', sftpPassword: 'horse battery' }
const centra = {
  centraSellerId: '1',
  centraUrl: 'https://acme.centra.com/api/order-api',
  centraToken: 't0ken',
  centraTimeZone: 'Europe/Stockholm',
}

const parsed = (more: object) => parseSettings({ ...required, ...more })

/** Why the settings are refused; empty where they are not. */
function problems(more: object): string {
  try {
    parsed(more)
    return ''
  } catch (thrown) {
    return (thrown as Error).message.replace('Wrong app settings. ', '')
  }
}

describe('centraOf', () => {
  it('returns the seller, the address, the token and the time zone of the settings', () => {
    expect(centraOf(parsed(centra))).toEqual({
      sellerId: '1',
      access: { url: centra.centraUrl, token: 't0ken', auth: 'api-authorization' },
      timeZone: 'Europe/Stockholm',
    })
  })

  it('returns a seller with a name, and the authentication of older installations', () => {
    const saved = { ...centra, centraSellerId: ' acmeStore ', centraAuth: 'bearer' }
    expect(centraOf(parsed(saved))).toMatchObject({
      sellerId: 'acmeStore',
      access: { auth: 'bearer' },
    })
  })

  it.each([undefined, null, '', ' '])('returns nothing where centraSellerId is %p', (given) => {
    expect(centraOf(parsed({ ...centra, centraSellerId: given }))).toBeUndefined()
    expect(centraOf(parsed({ centraSellerId: given }))).toBeUndefined()
  })

  it('requires an address, a token and a time zone', () => {
    expect(problems({ centraSellerId: '1' })).toBe(
      'centraUrl: expected https://{client}.centra.com/api/{plugin}, since centraSellerId is set; ' +
        "centraToken: expected the token of Centra's plugin, since centraSellerId is set; " +
        'centraTimeZone: expected the time zone of the company in Centra, since centraSellerId is set'
    )
    for (const name of ['centraUrl', 'centraToken', 'centraTimeZone']) {
      expect(problems({ ...centra, [name]: ' ' })).toMatch(new RegExp(`^${name}: expected [^;]*$`))
    }
  })

  it.each([
    ['https://acme.centra.com/api/order-api', 'https://acme.centra.com/api/order-api'],
    ['https://sandbox.centra.com/api/order-api', 'https://sandbox.centra.com/api/order-api'],
    ['https://acme.eu.centra.com/api/x/v1', 'https://acme.eu.centra.com/api/x/v1'],
    [' https://a-1.centra.com/api/x// ', 'https://a-1.centra.com/api/x'],
    ['HTTPS://Acme.Centra.com:443/api/X/', 'https://acme.centra.com/api/X'],
    ['https://acme.centra.com/x/../api/y', 'https://acme.centra.com/api/y'],
  ])('accepts the address %s and calls %s', (centraUrl, called) => {
    expect(centraOf(parsed({ ...centra, centraUrl }))?.access.url).toBe(called)
  })

  it.each([
    ...['https://centra.com/api/order-api', 'https://acme.centra.com', 'https://acme.centra.com/'],
    ...['https://acme.centra.com/api', 'https://acme.centra.com/api/', 'https://acme.centra.com/x'],
    ...['https://acme.centra.com/apis/x', 'https://acme.centra.com/x/api/y'],
    ...['https://acme.centra.com:8443/api/x', 'https://acmecentra.com/api/x'],
    ...['https://acme.centra.com.example/api/x', 'https://shop.example/acme.centra.com/api/x'],
    ...['https://acme.centra.com./api/x', 'https://acme.centra.com/api/../x'],
    ...['https://acme.centra.com/api/ /', 'https://acme.centra.com/api/a%20b'],
    ...['https://acme.centra.com/api//x', 'https://acme.centra.com/api/*'],
    ...['https://acme.centra.com/api/x?', 'https://acme.centra.com/api/x?a=b'],
    ...['https://acme.centra.com/api/x#', 'https://acme.centra.com/api/x/#a'],
    ...['https://u@acme.centra.com/api/x', 'https://u:p@acme.centra.com/api/x'],
    ...['https://8.8.8.8/api/x', 'https://localhost/api/x', 'http://127.0.0.1:4000/api/x'],
    ...['http://acme.centra.com/api/x', 'http://localhost:4000/api/x'],
    ...['acme.centra.com/api/x', '//acme.centra.com/api/x', 'https://', 'https://%'],
  ])('rejects the address %s', (centraUrl) => {
    expect(problems({ ...centra, centraUrl })).toMatch(/^centraUrl: expected https:/)
  })

  it('names the addresses that VTEX lets the app reach', () => {
    expect(problems({ centraUrl: 'https://shop.example/api/x' })).toBe(
      'centraUrl: expected https://{client}.centra.com/api/{plugin}; ' +
        'VTEX lets this app reach no other address of Centra'
    )
  })

  it.each(['UTC', 'Europe/Stockholm', 'America/New_York', 'Asia/Kolkata', 'Etc/GMT+5'])(
    'accepts the time zone %s',
    (centraTimeZone) => {
      expect(centraOf(parsed({ ...centra, centraTimeZone }))?.timeZone).toBe(centraTimeZone)
    }
  )
})

describe('settingsHashOf with Centra', () => {
  const of = (more: object) => settingsHashOf(parsed(more))

  it.each([
    { centraSellerId: '2' },
    { centraUrl: 'https://other.centra.com/api/order-api' },
    { centraTimeZone: 'UTC' },
    { centraSellerId: '' },
  ])('changes with %j, which changes whose stock is sent', (more) => {
    expect(of({ ...centra, ...more })).not.toBe(of(centra))
  })

  it('does not change with the token and its header', () => {
    expect(of({ ...centra, centraToken: 'other', centraAuth: 'bearer' })).toBe(of(centra))
  })

  it('ignores the settings of Centra while it is off, and gives what earlier versions gave', () => {
    expect(of({})).toBe('e8255c07abc4')
    expect(of({ ...centra, centraSellerId: '' })).toBe(of({}))
  })
})
