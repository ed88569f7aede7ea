import { defaultSettings, updateSavedSettings } from './app-settings'
import { Company } from './world/centra/company'
import { SEEDED_SELLERS } from './world/commerce/sellers'
import type { Intershop } from './world/intershop/intershop'

const intershop = {
  sftp: { port: 2222 },
  hostKeyFingerprint: 'SHA256:abc',
  delivery: 'icm-sftp',
} as Intershop
const company = (behaviour: Partial<Company['behaviour']> = {}) => {
  const centra = new Company({ size: 20, seed: 1 })
  Object.assign(centra.behaviour, behaviour)
  return centra
}
const CENTRA = {
  centraUrl: 'https://sandbox.centra.com/api/order-api',
  centraToken: 'sandbox-centra-token',
  centraAuth: 'api-authorization',
  centraSellerId: 'nordicshop',
  centraTimeZone: 'Europe/Stockholm',
}
const OURS = { token: 'sandbox-token', sftpHost: '127.0.0.1', sftpPort: 2222 }

it('defaultSettings includes the Centra company, if there is one', () => {
  const centra = company()
  expect(defaultSettings({ intershop, centra }, true)).toMatchObject({ ...OURS, ...CENTRA })
  const without = defaultSettings({ intershop, centra: undefined }, true)
  expect(without).toMatchObject(OURS)
  for (const name of Object.keys(CENTRA)) expect(without).not.toHaveProperty(name)
})

it('defaultSettings names a supplier in IOM for each seller', () => {
  const iom: Intershop = { ...intershop, delivery: 'iom-sftp' }
  const { iomSuppliers } = defaultSettings({ intershop: iom, centra: undefined }, true)
  const sellers = String(iomSuppliers).split(',')
  expect(sellers.map((pair) => pair.split('=')[0])).toEqual(SEEDED_SELLERS.map(({ id }) => id))
})

it("both functions use the company's time zone and header", () => {
  const centra = company({ timeZone: 'America/New_York', auth: 'bearer' })
  const newYork = { centraTimeZone: 'America/New_York', centraAuth: 'bearer' }
  expect(defaultSettings({ intershop, centra }, false)).toMatchObject(newYork)
  const saved = { ...OURS, ...CENTRA, centraSellerId: '1', safetyStock: 2 }
  expect(updateSavedSettings(saved, { intershop, centra })).toEqual({ ...saved, ...newYork })
})

it('updateSavedSettings sets the port and adds or removes the Centra company', () => {
  const saved = { ...OURS, sftpPort: 1, safetyStock: 2 }
  const now = { ...OURS, safetyStock: 2 }
  expect(updateSavedSettings(saved, { intershop, centra: undefined })).toEqual(now)
  expect(updateSavedSettings(saved, { intershop, centra: company() })).toEqual({
    ...now,
    ...CENTRA,
  })
  const both = { ...saved, ...CENTRA }
  expect(updateSavedSettings(both, { intershop, centra: undefined })).toEqual(now)
})

it('updateSavedSettings keeps settings of other Centra and SFTP servers', () => {
  const saved = {
    sftpHost: 'drop.example',
    sftpPort: 22,
    centraUrl: 'https://x.centra.com/api/a',
    centraTimeZone: 'Asia/Tokyo',
  }
  for (const centra of [company(), undefined]) {
    expect(updateSavedSettings(saved, { intershop, centra })).toEqual(saved)
  }
})
