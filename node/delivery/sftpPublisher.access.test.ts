import type { SftpConnection } from '../clients/sftp'
import { SftpError, type SftpErrorKind } from '../clients/sftpError'
import { icmSftp } from './icmFiles'
import { DeliveryError } from './publisher'
import { SftpPublisher, type SftpSettings, type SftpTools } from './sftpPublisher'

const settings = {
  sftpHost: 'drop.example',
  sftpPort: 2222,
  sftpUser: 'vtex',
  sftpPassword: 's3cret',
  sftpPrivateKey: '',
  sftpPassphrase: '',
  sftpHostKey: '',
  sftpLegacyAlgorithms: false,
  sftpDirectory: 'in/stock',
  sftpFilePrefix: 'stock',
  quantityAttribute: 'StockQuantity',
}

/** A drop that takes everything and keeps nothing. */
const connection: SftpConnection = {
  isOpen: true,
  exists: async () => false,
  write: async () => undefined,
  rename: async () => undefined,
  remove: async () => undefined,
  list: async () => ({ files: [], isWhole: true }),
  close: async () => undefined,
}

function deliver(connect: SftpTools['connect'], more: Partial<SftpSettings> = {}) {
  const tools = { connect, now: () => 0, uniqueId: () => 'n' }
  const offers = [{ skuId: 1, sellerId: '1', quantity: 1, observedAt: 0, offerSku: 'R1' }]
  const publisher = new SftpPublisher({ ...settings, ...more }, icmSftp(settings), tools)
  return publisher.publish({ version: 0, offers }, async () => true)
}

describe('IcmSftp.deliver', () => {
  it.each<[SftpErrorKind, string, boolean, string[]]>([
    ['auth', 'sftp_auth', true, ['sftpUser', 'sftpPassword', 'sftpPrivateKey']],
    ['hostKey', 'sftp_host_key', true, ['sftpHostKey']],
    ['algorithms', 'sftp_algorithms', true, ['sftpLegacyAlgorithms']],
    ['unsupported', 'sftp_unsupported', true, ['renamed']],
    ['path', 'sftp_path', true, ['sftpDirectory']],
    ['down', 'sftp_down', false, ['sftpHost', 'sftpPort']],
  ])('rejects error kind %s with the settings to check', async (kind, code, final, named) => {
    const closed = async () => {
      throw new SftpError(kind, 'it went wrong')
    }
    const error = await deliver(closed).catch((thrown: unknown) => thrown)
    if (!(error instanceof DeliveryError)) throw new Error('expected a DeliveryError')
    expect(error).toMatchObject({ code, final })
    expect(error.message).toMatch(/^SFTP: it went wrong\. [A-Z].*\.$/)
    expect(error.message).not.toContain('s3cret')
    for (const setting of named) expect(error.message).toContain(setting)
  })

  it('connects with the settings', async () => {
    const connect = jest.fn(async () => connection)
    await deliver(connect, { sftpPrivateKey: 'key', sftpLegacyAlgorithms: true })
    expect(connect.mock.calls).toEqual([
      [
        {
          host: 'drop.example',
          port: 2222,
          user: 'vtex',
          password: 's3cret',
          privateKey: 'key',
          passphrase: '',
          legacyAlgorithms: true,
        },
      ],
    ])
  })

  it.each([
    ['.', ''],
    ['in/stock', 'in/stock/'],
    ['/srv/in/', '/srv/in/'],
    ['~/in', 'in/'],
    ['~', ''],
    ['in\\stock', 'in/stock/'],
    ['C:\\in\\stock', '/C:/in/stock/'],
    ['D:/in', '/D:/in/'],
  ])('writes into the directory %s as %s', async (sftpDirectory, expected) => {
    const rename = jest.fn(async (_from: string, _to: string) => undefined)
    const [name] = await deliver(async () => ({ ...connection, rename }), { sftpDirectory })
    expect(rename.mock.calls).toEqual([[`${expected}.${name}.n.part`, `${expected}${name}`]])
  })

  it('rethrows unexpected errors', async () => {
    const broken = async () => {
      throw new TypeError('a bug')
    }
    await expect(deliver(broken)).rejects.toThrow(TypeError)
  })
})
