import { readdir, rm, writeFile } from 'fs/promises'
import { join } from 'path'

import { expectedOwnOffers } from '../../sandbox/comparison/own-stock'
import { comparisonSettings } from '../../sandbox/comparison/settings'
import { App } from './support/app'
import { deliveredFiles, validate, whyNoValidation } from './support/files'
import { unless } from './support/skipped'
import { Sshd, whyNoSshd } from './support/sshd'

const real = unless(whyNoSshd(), 'delivery to a real OpenSSH server')

let app: App
let sshd: Sshd

if (whyNoSshd() === undefined) {
  beforeAll(async () => {
    sshd = await Sshd.start()
    app = await App.start({ skus: 300, settings: await access() })
  })

  afterAll(async () => {
    await app.stop()
    await sshd.stop()
  })
}

async function access() {
  return {
    sftpHost: '127.0.0.1',
    sftpPort: sshd.port,
    sftpUser: sshd.user,
    sftpPassword: '',
    sftpPrivateKey: await sshd.privateKey(),
    sftpPassphrase: sshd.passphrase,
    sftpHostKey: await sshd.fingerprint(),
    sftpDirectory: sshd.drop,
  }
}

/** What the files say, later ones over earlier ones, as an importer takes them. */
async function received() {
  const files = await deliveredFiles(sshd.drop)
  const offers = files.flatMap((file) => file.offers)
  return new Map(offers.map(({ sku, quantity }) => [sku, quantity]))
}

async function truth() {
  const settings = comparisonSettings(await app.platform.settings.read())
  const offers = [...expectedOwnOffers(app.commerce, settings)]
  return new Map(offers.map(({ offerSku, quantity }) => [offerSku, quantity]))
}

describe('POST /export to a real OpenSSH server', () => {
  real('delivers every offer', async () => {
    const report = await app.ended(await app.accepted())
    expect([report.status, report.offers.sent]).toEqual(['completed', (await truth()).size])
    expect(await received()).toEqual(await truth())
  })

  real('names a later file so that Intershop imports it after earlier ones', async () => {
    const id = app.commerce.addSku()
    await app.ended(await app.accepted(`export/start/${id}`))
    app.commerce.sell(id, 7)
    await app.ended(await app.accepted(`export/start/${id}`))
    expect((await received()).get(`REF-${id}`)).toBe(23)
    expect(await received()).toEqual(await truth())
  })

  real('leaves only whole files under their final names', async () => {
    const { length } = await deliveredFiles(sshd.drop)
    expect(await readdir(sshd.drop)).toHaveLength(length)
  })

  unless(whyNoSshd() ?? whyNoValidation(), 'files at a real OpenSSH server against the schema')(
    "writes files that validate against Intershop's catalog schema",
    async () => {
      await validate((await deliveredFiles(sshd.drop)).map(({ path }) => path))
    }
  )

  real('reads a private key that lost its line breaks in a form', async () => {
    const key = (await sshd.privateKey()).trim().replace(/\n/g, '\\n')
    await app.configure({ sftpPrivateKey: key })
    expect((await app.ended(await app.accepted('export/seller/1'))).status).toBe('completed')
  })
})

describe('POST /export rejected by a real OpenSSH server', () => {
  real.each<[string, Record<string, unknown>, string]>([
    ['another user', { sftpUser: 'nobody-here' }, 'sftpUser'],
    ['no key', { sftpPrivateKey: '', sftpPassword: 'a password' }, 'sftpPrivateKey'],
    ['a wrong passphrase', { sftpPassphrase: 'wrong' }, 'sftpPassphrase'],
    ['a directory that is not there', { sftpDirectory: '/not/there' }, 'sftpDirectory'],
  ])('fails with the name of the setting: %s', async (_, settings, named) => {
    await app.configure(settings)
    const report = await app.ended(await app.accepted())
    expect([report.status, report.files]).toEqual(['failed', 0])
    expect(report.error?.message).toContain(named)
  })

  real('fails with the name of the setting if the directory is a file', async () => {
    const sftpDirectory = join(sshd.drop, 'a-file')
    await writeFile(sftpDirectory, '')
    await app.configure({ sftpDirectory })
    const report = await app.ended(await app.accepted())
    await rm(sftpDirectory)
    expect([report.status, report.error?.message]).toEqual([
      'failed',
      expect.stringContaining('sftpDirectory'),
    ])
  })

  real('fails with the new fingerprint if the pinned host key changed', async () => {
    await app.configure({ sftpHostKey: '' })
    const first = await app.ended(await app.accepted())
    await sshd.newHostKey()
    const second = await app.ended(await app.accepted())
    expect([first.status, second.status]).toEqual(['completed', 'failed'])
    expect(second.error?.message).toContain('sftpHostKey')
    expect(second.error?.message).toContain(await sshd.fingerprint())
  })
})
