import { once } from 'node:events'
import type { Server } from 'node:http'

/** Starts a server on 127.0.0.1 (port 0: any free one) and returns its URL. Rejects if `listen` fails. */
export async function listen(server: Server, port = 0): Promise<string> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') {
    throw new Error('expected a server with a port')
  }
  return `http://127.0.0.1:${address.port}`
}

/** Closes a server and all its connections. */
export async function closeServer(server: Server): Promise<void> {
  if (server.listening) {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
}
