import { generateKeyPairSync } from 'crypto'
import { type AddressInfo, Socket } from 'net'
import { type AuthContext, type Connection, Server, type SFTPWrapper, utils } from 'ssh2'

import { Sftp } from './sftp'
import { SftpError } from './sftpError'

/** An SFTP server that lets anybody in and has nothing. */
async function serve({
  login,
  session,
}: {
  login?: (context: AuthContext, connection: Connection) => void
  session?: (sftp: SFTPWrapper) => void
} = {}) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = privateKey.export({ type: 'pkcs1', format: 'pem' })
  const server = new Server({ hostKeys: [key] }, (connection) => {
    connection.on('authentication', (context) =>
      login ? login(context, connection) : context.accept()
    )
    connection.on('session', (accept) =>
      accept().on('sftp', (open) => {
        const sftp = open()
        session?.(sftp)
      })
    )
    connection.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

it("Sftp.connect turns off Nagle's algorithm, so that no step waits 40 ms", async () => {
  const server = await serve()
  const { port } = server.address() as AddressInfo
  const setNoDelay = jest.spyOn(Socket.prototype, 'setNoDelay')
  const connection = await Sftp.connect({
    host: '127.0.0.1',
    port,
    user: 'shop',
    acceptHostKey: () => true,
  })
  const set = setNoDelay.mock.contexts.map((socket, call) => ({
    port: (socket as Socket).remotePort,
    noDelay: setNoDelay.mock.calls[call]?.[0],
  }))
  await connection.close()
  server.close()
  setNoDelay.mockRestore()
  expect(set).toContainEqual({ port, noDelay: true })
})

it('Sftp.connect rejects with the address and the error code', async () => {
  const server = await serve()
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  const access = { host: '127.0.0.1', port, user: 'shop', acceptHostKey: () => true }
  const refused = await Sftp.connect(access).catch((thrown: unknown) => thrown)
  expect(refused).toBeInstanceOf(SftpError)
  expect(refused).toMatchObject({
    kind: 'down',
    message: `connecting to 127.0.0.1:${port} failed (ECONNREFUSED)`,
  })
})

it('takes a disconnect while logging in for a refused login, and its number for no status of a file', async () => {
  const server = await serve({
    login: (context, connection) => {
      if (context.method === 'none') return context.reject(['password'])
      // As OpenSSH does after too many tries. ssh2's server has no method for it.
      const { _protocol } = connection as unknown as {
        _protocol: { disconnect(reason: number): void }
      }
      _protocol.disconnect(2)
    },
  })
  const { port } = server.address() as AddressInfo
  const access = {
    host: '127.0.0.1',
    port,
    user: 'shop',
    password: 'no',
    acceptHostKey: () => true,
  }
  const refused = await Sftp.connect(access).catch((thrown: unknown) => thrown)
  server.close()
  expect(refused).toMatchObject({
    kind: 'auth',
    message: 'the server disconnected user shop while logging in',
  })
})

it('Sftp.write sends all of a file before the first answer, since each would take the way there and back', async () => {
  const content = Buffer.alloc(5 * 31_744 + 1, 'x')
  const waiting: number[] = []
  const server = await serve({
    session: (sftp) => {
      sftp.on('OPEN', (id) => sftp.handle(id, Buffer.from('file')))
      sftp.on('WRITE', (id) => {
        waiting.push(id)
        if (waiting.length < 6) return
        for (const write of waiting) sftp.status(write, utils.sftp.STATUS_CODE.OK)
      })
      sftp.on('CLOSE', (id) => sftp.status(id, utils.sftp.STATUS_CODE.OK))
      sftp.on('STAT', (id) => sftp.status(id, utils.sftp.STATUS_CODE.OP_UNSUPPORTED))
    },
  })
  const { port } = server.address() as AddressInfo
  const access = { host: '127.0.0.1', port, user: 'shop', acceptHostKey: () => true }
  const connection = await Sftp.connect(access)
  await connection.write('file', content)
  await connection.close()
  server.close()
  expect(waiting).toHaveLength(6)
})
