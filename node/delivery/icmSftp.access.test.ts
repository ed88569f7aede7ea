import { type SftpConnection, SftpError, type SftpErrorKind } from '../clients/sftp'
import { timestampText } from '../common/clock'
import { DeliveryError } from './delivery'
import { IcmSftp, type IcmSftpSettings, type IcmSftpTools } from './icmSftp'

const settings: IcmSftpSettings = {
  sftpHost: 'drop.example',
  sftpPort: 2222,
  sftpUser: 'vtex',
  sftpPassword: 's3cret',
  sftpPrivateKey: '',
  sftpPassphrase: '',
  sftpDirectory: 'in/stock',
  sftpFilePrefix: 'stock',
  quantityAttribute: 'StockQuantity',
}

/** A drop that takes everything and keeps nothing. */
const connection: SftpConnection = {
  exists: async () => false,
  write: async () => undefined,
  rename: async () => undefined,
  remove: async () => undefined,
  list: async () => [],
  close: async () => undefined,
}

function deliver(connect: IcmSftpTools['connect'], more: Partial<IcmSftpSettings> = {}) {
  const tools = { connect, timestampText, now: () => 0, uniqueId: () => 'n' }
  const offers = [{ skuId: 1, sellerId: '1', quantity: 1, observedAt: 0, offerSku: 'R1' }]
  return new IcmSftp({ ...settings, ...more }, tools).deliver(
    { stamp: 0, offers },
    async () => true
  )
}

describe('IcmSftp.deliver', () => {
  it.each<[SftpErrorKind, string, boolean, string[]]>([
    ['auth', 'sftp_auth', true, ['sftpUser', 'sftpPassword', 'sftpPrivateKey']],
    ['hostKey', 'sftp_host_key', true, ['sftpHostKey']],
    ['path', 'sftp_path', true, ['sftpDirectory']],
    ['down', 'sftp_down', false, ['sftpHost', 'sftpPort']],
  ])('rejects trouble %s with the settings to check', async (trouble, code, final, named) => {
    const closed = async () => {
      throw new SftpError(trouble, 'it went wrong')
    }
    const error = await deliver(closed).catch((thrown: unknown) => thrown)
    if (!(error instanceof DeliveryError)) throw new Error('expected a DeliveryError')
    expect(error).toMatchObject({ code, final })
    expect(error.message).toMatch(/^SFTP: it went wrong\. [A-Z].*\.$/)
    expect(error.message).not.toContain('s3cret')
    for (const setting of named) expect(error.message).toContain(setting)
  })

  it('connects with the settings, and repairs the line breaks of a key', async () => {
    const connect = jest.fn(async () => connection)
    await deliver(connect, { sftpPrivateKey: ' -----BEGIN\\nabc\\n-----END ' })
    expect(connect.mock.calls).toEqual([
      [
        {
          host: 'drop.example',
          port: 2222,
          user: 'vtex',
          password: 's3cret',
          privateKey: '-----BEGIN\nabc\n-----END',
          passphrase: '',
        },
      ],
    ])
  })

  it('rethrows unexpected errors', async () => {
    const broken = async () => {
      throw new TypeError('a bug')
    }
    await expect(deliver(broken)).rejects.toThrow(TypeError)
  })
})
