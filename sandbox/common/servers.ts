import { once } from 'node:events'
import type { Server } from 'node:http'

/** Lets a server listen on 127.0.0.1 (any free port when 0), and answers its URL. Rejects as `listen` does. */
export async function listen(server: Server, port = 0): Promise<string> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') {
    throw new Error('expected a server with a port')
  }
  return `http://127.0.0.1:${address.port}`
}

/** Closes a server with all its connections. */
export async function closeServer(server: Server): Promise<void> {
  if (server.listening) {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  }
}
