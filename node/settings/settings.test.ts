import fc from 'fast-check'

import { parseSettings, readSetting, SettingsError, settingsHashOf } from './settings'
import { settingsTable } from './settingsTable'

const required = { sftpHost: 'drop.example', sftpUser: 'vtex', sftpPassword: 'horse battery' }

const iom = {
  delivery: 'iom-sftp',
  iomShopId: '10000',
  iomSuppliers: ' 1=20010, north-shop = 20020',
}

/** Who changes one changes offers of shops that have it: OFFER_RULES of settings.ts has to go up then. */
const defaults = {
  skuIdentifier: 'refId',
  sellers: [],
  salesChannel: undefined,
  safetyStock: 0,
  sellersRefreshMinutes: 240,
  unlimitedQuantity: 9999,
  excludedWarehouses: [],
  quantityAttribute: 'StockQuantity',
  offerSku: '',
  delivery: 'icm-sftp',
  iomShopId: '',
  ...{ icmUrl: '', icmSite: '', icmOrganization: '', icmUser: '', icmPassword: '' },
  ...{ icmUnit: '', icmDomain: '', icmLocale: 'en_US', icmParameterStyle: 'flat' },
  iomSuppliers: new Map(),
  sftpPort: 22,
  sftpPrivateKey: '',
  sftpPassphrase: '',
  sftpHostKey: '',
  sftpLegacyAlgorithms: false,
  sftpDirectory: '.',
  sftpFilePrefix: 'stock',
  maxConcurrency: 25,
  maxRequestsPerMinute: 0,
  maxNewlyZeroPercent: 30,
  deliverFromWorkspace: '',
  affiliateNotifications: false,
  centraUrl: '',
  centraToken: '',
  centraAuth: 'api-authorization',
  centraSellerId: '',
  centraTimeZone: '',
}

const allNames = Object.keys(settingsTable.shape)
/** Read apart from the others, so that no export fails for them. */
const READ_APART = ['updateSchedule', 'fullSchedule', 'adminEmail', 'alertWebhook']

/** The message with which settings are refused; nothing where they are not. */
function outcomeOf(saved: unknown): string {
  try {
    parseSettings(saved)
    return ''
  } catch (thrown) {
    if (thrown instanceof SettingsError) return thrown.message
    throw thrown
  }
}

/** The message with which settings are refused. */
function refusal(saved: unknown): string {
  const message = outcomeOf(saved)
  if (message) return message
  throw new Error('the settings were accepted')
}

const setAll = (value: unknown) =>
  Object.fromEntries(Object.keys(defaults).map((name) => [name, value]))

describe('readSetting', () => {
  it.each([
    [{}, false],
    [null, false],
    ['text', false],
    [{ affiliateNotifications: '' }, false],
    [{ affiliateNotifications: false }, false],
    [{ affiliateNotifications: 'yes' }, undefined],
    [{ affiliateNotifications: true }, true],
    [{ affiliateNotifications: 'true', safetyStock: 'wrong' }, true],
  ])('reads affiliateNotifications of %j as %p, whatever else is wrong', (saved, expected) => {
    expect(readSetting(saved, 'affiliateNotifications')).toBe(expected)
  })

  it.each([
    [{}, '*/5 * * * *'],
    [{ updateSchedule: null }, '*/5 * * * *'],
    [{ updateSchedule: ' ' }, ''],
    [{ updateSchedule: ' 30 * * * * ' }, '30 * * * *'],
    [{ updateSchedule: 5 }, undefined],
  ])('reads updateSchedule of %j as %p: a cleared one is none', (saved, expected) => {
    expect(readSetting(saved, 'updateSchedule')).toBe(expected)
  })
})

describe('parseSettings', () => {
  it.each([
    ['never saved', {}],
    ['undefined', setAll(undefined)],
    ['null', setAll(null)],
    ['cleared', setAll('')],
  ])('fills in the defaults where the settings are %s', (_, saved) => {
    expect(parseSettings({ ...saved, ...required })).toEqual({ ...defaults, ...required })
  })

  it('fills in the defaults of blank settings, and takes secrets exactly as saved', () => {
    const settings = parseSettings({ ...setAll('  '), ...required, sftpPassword: ' p ' })
    const secrets = {
      ...{ sftpPrivateKey: '  ', sftpPassphrase: '  ', sftpPassword: ' p ' },
      icmPassword: '  ',
    }
    expect(settings).toEqual({ ...defaults, ...required, ...secrets })
  })

  it.each([null, undefined, {}])(
    'names each setting without a default where %p was saved',
    (saved) => {
      expect(refusal(saved)).toBe(
        'Wrong app settings. sftpHost: expected the host name of the SFTP server; ' +
          'sftpUser: expected the user name at the SFTP server; ' +
          'sftpPassword: expected a password here, or a key in sftpPrivateKey'
      )
    }
  )

  it('requires a shop and suppliers for IOM only', () => {
    expect(parseSettings({ ...required, ...iom })).toMatchObject({
      ...iom,
      iomSuppliers: new Map([
        ['1', '20010'],
        ['north-shop', '20020'],
      ]),
    })
    expect(refusal({ ...required, delivery: 'iom-sftp' })).toBe(
      'Wrong app settings. iomShopId: expected the id of the shop in IOM; ' +
        'iomSuppliers: expected seller=supplier for each seller, separated by commas, such as 1=20010,2=20020'
    )
  })

  const icm = {
    ...{ delivery: 'icm-rest', icmUrl: 'https://shop.intershop.de', icmSite: 'shop-Site' },
    ...{
      icmOrganization: 'shop',
      icmUser: 'vtex',
      icmPassword: ' s',
      icmUnit: 'u',
      icmDomain: 'd',
    },
  }

  it('requires how to reach ICM for icm-rest only, and no SFTP server there', () => {
    expect(parseSettings(icm)).toMatchObject(icm)
    const message = refusal({ delivery: 'icm-rest' })
    for (const name of Object.keys(icm).slice(1)) expect(message).toContain(`${name}: expected`)
    expect(message).not.toContain('sftp')
  })

  it.each([
    ['icmUrl', 'http://shop.intershop.de', 'expected https://{host} of ICM'],
    ['icmUrl', 'https://shop.intershop.de/INTERSHOP/rest/XYZ', 'expected https://{host} of ICM'],
    ['icmUrl', 'https://shop.example.com', 'release your own version (docs/icm-rest.md)'],
    ['icmSite', 'a/b/c', 'the site in ICM'],
    ['icmUser', 'a:b', 'a user name without a colon'],
    ['icmLocale', 'english', 'a locale such as en_US'],
    ['icmParameterStyle', 'map', 'one of flat, attributes'],
  ])('refuses the %s %s for icm-rest', (name, value, expected) => {
    expect(refusal({ ...icm, [name]: value })).toContain(expected)
  })

  it('accepts a key instead of a password', () => {
    const key = { sftpPassword: '', sftpPrivateKey: '-----BEGIN' }
    expect(parseSettings({ ...required, ...key })).toMatchObject(key)
  })

  it('reads numbers and lists as a form saves them', () => {
    expect(
      parseSettings({ ...required, sftpPort: ' 2222 ', excludedWarehouses: ' a, ,B ,' })
    ).toMatchObject({ sftpPort: 2222, excludedWarehouses: ['a', 'B'] })
    expect(
      parseSettings({ ...required, salesChannel: ' 2 ', sellers: '1, Fjall-Butik_2 ,' })
    ).toMatchObject({ salesChannel: 2, sellers: ['1', 'Fjall-Butik_2'] })
    expect(parseSettings({ ...required, salesChannel: 3 })).toMatchObject({ salesChannel: 3 })
    expect(
      parseSettings({ ...required, sellers: ['1', ' shop.pl '], excludedWarehouses: [] })
    ).toMatchObject({ sellers: ['1', 'shop.pl'], excludedWarehouses: [] })
  })

  it('counts characters and not UTF-16 units', () => {
    const names = { quantityAttribute: '🧦'.repeat(256), offerSku: `{sku}${'🧦'.repeat(256)}` }
    expect(parseSettings({ ...required, ...names, sellers: '1' })).toMatchObject(names)
  })

  it.each(['1,3dshop', 'shop.pl', '01', '_x', '0'])('accepts the sellers %s', (ids) => {
    expect(parseSettings({ ...required, sellers: ids }).sellers).toEqual(ids.split(','))
  })

  it.each([
    ['skuIdentifier', 'sku', 'one of refId, skuId, ean'],
    ['sellers', '1,a b', 'ids of sellers separated by commas, each the id of a VTEX seller'],
    ['sellers', '..', 'ids of sellers separated by commas'],
    ['sellers', 7, 'words separated by commas'],
    // Nothing would mean all sellers.
    ['sellers', ',', 'words separated by commas'],
    ['sellers', ' , ,', 'words separated by commas'],
    ['sellers', [' '], 'words separated by commas'],
    ['sellers', '1\u200b', 'ids of sellers separated by commas'],
    ['salesChannel', 0, 'a whole number from 1 to 2147483647'],
    ['salesChannel', '1,2', 'a whole number from 1 to 2147483647'],
    ['salesChannel', true, 'a whole number from 1 to 2147483647'],
    ['safetyStock', -1, 'a whole number from 0 to 1000000'],
    ['safetyStock', -1.5, 'a whole number from 0 to 1000000'],
    ['safetyStock', '2,5', 'a whole number from 0 to 1000000'],
    ['unlimitedQuantity', 2 ** 31, 'a whole number from 0 to 2147483647'],
    ['unlimitedQuantity', 1e300, 'a whole number from 0 to 2147483647'],
    ['excludedWarehouses', 7, 'words separated by commas'],
    ['excludedWarehouses', ' ,', 'words separated by commas'],
    ['excludedWarehouses', 'a\nb', 'words separated by commas'],
    ['quantityAttribute', 'a\nb', 'one line of text'],
    ['quantityAttribute', 'a\u0085b', 'one line of text'],
    ['quantityAttribute', 'a\ud83d', 'one line of text'],
    ['quantityAttribute', 'a\uffff', 'one line of text'],
    ['quantityAttribute', '🧦'.repeat(257), 'at most 256 characters'],
    ['quantityAttribute', 'StockSellerId', 'another name than'],
    ['offerSku', '{sku}\t{sellerId}', 'one line of text'],
    ['offerSku', '{sku}\u0000', 'one line of text'],
    ['offerSku', '{sku}\udc00', 'one line of text'],
    ['offerSku', '{sku}\ufffe', 'one line of text'],
    ['offerSku', `{sku}${'x'.repeat(257)}`, 'at most 256 characters'],
    ['offerSku', '{sellerId}', 'a template with {sku}'],
    ['offerSku', '{sku}{', 'a template with {sku}'],
    ['offerSku', '{sku}{ean}', 'a template with {sku}'],
    ['delivery', 'ftp', 'one of icm-sftp, iom-sftp'],
    ['iomShopId', 'a_b', 'the id of a shop in IOM'],
    ...['1', '1=', '=2', '1=2=3', '1=20010,1=20020', '1=2|3', 'a b=2', '1=../x'].map(
      (wrong): [string, unknown, string] => ['iomSuppliers', wrong, 'seller=supplier']
    ),
    ['sftpHost', 5, 'text'],
    ['sftpHost', 'sftp://drop.example', 'a host name or an IP address, such as sftp.example.com'],
    ['sftpHost', 'drop.example:22', 'without scheme, user, port or path'],
    ['sftpUser', {}, 'text'],
    ['sftpUser', 'vtex\u0007', 'one line of text'],
    ['sftpDirectory', 'a\nb', 'one line of text'],
    ['sftpPort', 0, 'a whole number from 1 to 65535'],
    ['sftpPort', true, 'a whole number from 1 to 65535'],
    ['sftpHostKey', {}, 'the SHA256 fingerprint of the host key'],
    ['sftpHostKey', 'MD5:00', 'the SHA256 fingerprint of the host key'],
    ['sftpLegacyAlgorithms', 'yes', 'true or false'],
    ['sftpDirectory', [], 'text'],
    ['sftpFilePrefix', '../x', 'letters, digits, _ and -, 64 at most'],
    ['maxConcurrency', 0, 'a whole number from 1 to 200'],
    ['maxRequestsPerMinute', -1, 'a whole number from 0 to 600000'],
    ['maxNewlyZeroPercent', 101, 'a whole number from 0 to 100'],
    ['deliverFromWorkspace', false, 'text'],
    ['centraUrl', 'shop.example', 'https://'],
    ['centraUrl', 'https://10.0.0.1', 'https://{client}.centra.com/api/{plugin}'],
    ['centraUrl', 7, 'text'],
    ['centraUrl', 'https://centra.shop.example/api/x', 'https://{client}.centra.com/api/{plugin}'],
    ['centraToken', 'a b', 'without blanks'],
    ['centraToken', 'a\nb', 'without blanks'],
    ['centraToken', 7, 'without blanks'],
    ['centraAuth', 'basic', 'one of api-authorization, bearer'],
    ['centraSellerId', '.', 'the id of a VTEX seller'],
    ['centraSellerId', 'a b', 'the id of a VTEX seller'],
    ['centraTimeZone', 'Stockholm', 'a time zone of the IANA database'],
    ['centraTimeZone', '+02:00', 'a time zone of the IANA database'],
  ])('rejects a wrong %s (%p) with one message that names it', (name, value, expected) => {
    const message = refusal({ ...required, [name]: value })
    expect(message.split(`${name}: `)).toHaveLength(2)
    expect(message).toMatch(new RegExp(`^Wrong app settings. ${name}: expected `))
    expect(message).toContain(expected)
  })

  it.each(allNames)('never repeats what was given as %s', (name) => {
    const secret = fc.hexaString({ minLength: 9 }).map((hex) => `s3cret-${hex}/+@`)
    const wrong = secret.chain((text) =>
      fc.constantFrom<unknown>({ [text]: text }, [text, { [text]: text }], `{${text}`, [[text]])
    )
    fc.assert(
      fc.property(wrong, (given) => {
        const outcome = outcomeOf({ ...required, [name]: given })
        if (typeof given !== 'string' && !READ_APART.includes(name)) {
          expect(outcome).toContain(`Wrong app settings. ${name}: expected `)
        }
        expect(outcome).not.toContain('s3cret')
      })
    )
  })

  it('rejects what is no form at all', () => {
    for (const saved of ['text', 5, [], true]) expect(refusal(saved)).toContain('settings: ')
  })
})

describe('settingsHashOf', () => {
  const of = (more: object) => settingsHashOf(parseSettings({ ...required, ...more }))

  it.each([
    { skuIdentifier: 'ean' },
    { sellers: '1' },
    { salesChannel: 1 },
    { safetyStock: 1 },
    { unlimitedQuantity: 1 },
    { excludedWarehouses: 'a' },
    { quantityAttribute: 'Q' },
    { offerSku: '{sku}-{sellerId}-x' },
    { sftpHost: 'other' },
    { sftpPort: 2222 },
    { sftpDirectory: 'in' },
    { sftpFilePrefix: 'offers' },
    iom,
  ])('changes with %j, which changes what is sent or to whom', (more) => {
    expect(of(more)).not.toBe(of({}))
  })

  it.each([
    { sftpUser: 'another' },
    { sftpHostKey: 'A'.repeat(43) },
    { sftpPassword: 'another' },
    { sftpPrivateKey: 'key' },
    { sftpPassphrase: 'another' },
    { sftpLegacyAlgorithms: true },
    { maxConcurrency: 3 },
    { maxRequestsPerMinute: 3 },
    { maxNewlyZeroPercent: 3 },
    { deliverFromWorkspace: 'dev' },
    { affiliateNotifications: true },
  ])('ignores %j, which changes only how it is sent', (more) => {
    expect(of(more)).toBe(of({}))
  })

  it('ignores the order of sellers', () => {
    expect(of({ sellers: '1,2' })).toBe(of({ sellers: '2, 1,2' }))
  })

  it('ignores the order of warehouses, and fits into document names', () => {
    expect(of({ excludedWarehouses: 'a,b' })).toBe(of({ excludedWarehouses: 'b, a' }))
    expect(of({})).toMatch(/^[0-9a-f]{12}$/)
  })
})
