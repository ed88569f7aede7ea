import { generateKeyPairSync } from 'crypto'
import { type AddressInfo, Socket } from 'net'
import { Server } from 'ssh2'

import { Sftp } from './sftp'
import { SftpError } from './sftpError'

/** An SFTP server that lets anybody in and has nothing. */
async function serve() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const key = privateKey.export({ type: 'pkcs1', format: 'pem' })
  const server = new Server({ hostKeys: [key] }, (connection) => {
    connection.on('authentication', (context) => context.accept())
    connection.on('session', (accept) => accept().on('sftp', (open) => open()))
    connection.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

it('sends each step at once: waiting for more would cost each one some 40 ms', async () => {
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

it('says that connecting failed, where to and with which code', async () => {
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
