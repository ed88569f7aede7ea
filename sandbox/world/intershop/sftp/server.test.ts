import { randomBytes } from 'crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'fs'
import { join } from 'path'
import SftpClient from 'ssh2-sftp-client'
import { temporaryFolder } from '../../../common/temporary-folder'
import { loadHostKey } from '../host-key'
import { newKeyPair } from '../key-pair'
import { type SftpServer, startSftp } from './server'
import { noSftpFaults } from './sftp-faults'

const folder = temporaryFolder()
const root = join(folder.path, 'transfer')
const hostKey = loadHostKey(join(folder.path, 'key'))
const clientKey = newKeyPair()
const clients: SftpClient[] = []
let server: SftpServer

beforeAll(async () => {
  server = await startSftp({
    root,
    hostKey,
    user: 'user',
    password: 'right',
    publicKey: clientKey.public,
  })
  mkdirSync(join(root, 'in'))
  writeFileSync(join(folder.path, 'secret'), 'outside')
})
afterEach(async () => {
  Object.assign(server.faults, noSftpFaults())
  for (const client of clients.splice(0)) await client.end().catch(() => {})
})
afterAll(async () => {
  await server.stop()
  folder.remove()
})

// Without its own listeners the client writes to the console.
const QUIET = { error: () => {}, end: () => {}, close: () => {} }

async function connect(options: SftpClient.ConnectOptions = { password: 'right' }) {
  const client = new SftpClient('test', QUIET)
  client.on('error', () => {})
  clients.push(client)
  await client.connect({ host: '127.0.0.1', port: server.port, username: 'user', ...options })
  return client
}

describe('startSftp', () => {
  it('keeps its host key and rejects a wrong password, user or key', async () => {
    expect(loadHostKey(join(folder.path, 'key'))).toEqual(hostKey)
    expect(hostKey.fingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/)
    await connect({ privateKey: clientKey.private })
    const other = newKeyPair().private
    await expect(connect({ password: 'wrong' })).rejects.toThrow(/authentication/i)
    await expect(connect({ password: '' })).rejects.toThrow(/authentication/i)
    await expect(connect({ password: 'right', username: 'root' })).rejects.toThrow(
      /authentication/i
    )
    await expect(connect({ privateKey: other })).rejects.toThrow(/authentication/i)
  })

  it('uploads, renames, lists, reads and deletes files', async () => {
    const client = await connect()
    const content = randomBytes(300_000)
    await client.put(content, '/in/.a.xml.part')
    await client.rename('/in/.a.xml.part', '/in/a.xml')
    expect(readFileSync(join(root, 'in/a.xml')).equals(content)).toBe(true)
    expect((await client.list('/in')).map(({ name, type, size }) => [name, type, size])).toEqual([
      ['a.xml', '-', content.length],
    ])
    expect(await client.exists('/in')).toBe('d')
    expect(await client.exists('/in/a.xml')).toBe('-')
    expect(await client.exists('/in/b.xml')).toBe(false)
    expect((await client.stat('/in/a.xml')).size).toBe(content.length)
    expect(content.equals((await client.get('/in/a.xml')) as Buffer)).toBe(true)
    await client.mkdir('/in/deep/er', true)
    expect(await client.realPath('in/./deep/../a.xml')).toBe('/in/a.xml')
    await client.rmdir('/in/deep', true)
    await client.delete('/in/a.xml')
    expect(readdirSync(join(root, 'in'))).toEqual([])
  })

  it('rejects renaming onto an existing file and opening it exclusively', async () => {
    const client = await connect()
    await client.put(Buffer.from('old'), '/in/kept.xml')
    await client.put(Buffer.from('new'), '/in/new.part')
    await expect(client.rename('/in/new.part', '/in/kept.xml')).rejects.toThrow()
    await expect(client.posixRename('/in/new.part', '/in/kept.xml')).rejects.toThrow()
    // The client's types know no other flags than w and a.
    const exclusive: unknown = { writeStreamOptions: { flags: 'wx' } }
    await expect(
      client.put(Buffer.from('x'), '/in/kept.xml', exclusive as SftpClient.TransferOptions)
    ).rejects.toThrow()
    expect(readFileSync(join(root, 'in/kept.xml'), 'utf8')).toBe('old')
  })

  it('serves nothing outside its folder', async () => {
    const client = await connect()
    expect(await client.exists('/../secret')).toBe(false)
    expect(await client.exists('../../secret')).toBe(false)
    await client.put(Buffer.from('x'), '/../../up.xml')
    expect(existsSync(join(root, 'up.xml'))).toBe(true)
    await expect(client.put(Buffer.from('x'), '/no/such/folder.xml')).rejects.toThrow(/no such/i)
  })

  it('fails the configured number of connections and writes, then works', async () => {
    Object.assign(server.faults, { refusals: 2, fullWrites: 1 })
    await expect(connect()).rejects.toThrow()
    await expect(connect()).rejects.toThrow()
    const client = await connect()
    const sizes: number[] = []
    for (const name of ['/in/first.part', '/in/second.part']) {
      await client.put(Buffer.from('x'), name).catch(() => {})
      sizes.push((await client.stat(name)).size)
    }
    expect(sizes).toEqual([0, 1])
    expect(server.faults).toEqual(noSftpFaults())
  })

  it('refuses connections, reports a full disk and cuts an upload', async () => {
    const client = await connect()
    server.faults.diskFull = true
    // ssh2-sftp-client takes a failed write of a Buffer for success: the size tells.
    await client.put(Buffer.from('x'), '/in/full.part').catch(() => {})
    expect((await client.stat('/in/full.part')).size).toBe(0)
    server.faults.diskFull = false
    Object.assign(server.faults, { cuts: 1, cutAfterBytes: 50_000 })
    await expect(client.put(randomBytes(200_000), '/in/cut.part')).rejects.toThrow()
    expect(server.faults.cuts).toBe(0)
    expect(readFileSync(join(root, 'in/cut.part')).length).toBeLessThan(200_000)
    await (await connect()).put(Buffer.from('x'), '/in/again.xml')
    server.faults.refuse = true
    await expect(connect()).rejects.toThrow()
  })
})
