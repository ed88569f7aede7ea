import { mkdirSync } from 'fs'
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'net'
import { Server } from 'ssh2'
import { seededRandom } from '../../../common/random'
import type { HostKey } from '../host-key'
import { Authentication, type Credentials } from './authentication'
import type { SftpHabits } from './habits'
import { serveSession } from './session'
import { noSftpFaults, SftpFaultInjector, type SftpFaults } from './sftp-faults'

/** How to start the SFTP server. */
export interface SftpOptions extends Credentials {
  /** The folder on disk of `/`. */
  root: string
  hostKey: HostKey
  /** Absent or taken: any free port. */
  port?: number
  /** Random seed of its faults; default 1. */
  seed?: number
  /** A plain server's when absent. */
  habits?: SftpHabits
}

/** A running SFTP server on 127.0.0.1. */
export interface SftpServer {
  port: number
  /** Active faults; set its fields to inject some. */
  faults: SftpFaults
  /** Number of connections since the start, including refused ones. */
  connections: () => number
  stop: () => Promise<void>
}

/** Starts an SFTP (version 3) server on loopback. */
export async function startSftp(options: SftpOptions): Promise<SftpServer> {
  mkdirSync(options.root, { recursive: true })
  const faults = noSftpFaults()
  const faultInjector = new SftpFaultInjector(faults, seededRandom(options.seed ?? 1))
  // By the client's port: ssh2 does not expose a connection's socket.
  const sockets = new Map<number, Socket>()
  let connections = 0

  const { root, hostKey, habits = {} } = options
  let sessions = 0
  const ssh = new Server({
    hostKeys: [hostKey.privateKey, ...(habits.otherHostKeys ?? [])],
    ...(habits.algorithms && { algorithms: habits.algorithms }),
    ...(habits.greeting && { greeting: habits.greeting }),
    ...(habits.banner && { banner: habits.banner }),
  })
  ssh.on('connection', (client, { port }) => {
    const cut = () => void sockets.get(port)?.destroy()
    const authentication = new Authentication(options, habits)
    // Clients may disconnect at any time.
    client.on('error', () => {})
    client.on('authentication', (context) => void authentication.answer(context))
    client.on('session', (acceptSession, rejectSession) => {
      if (sessions >= (habits.sessions ?? Number.POSITIVE_INFINITY)) return void rejectSession()
      const session = acceptSession()
      sessions++
      client.on('close', () => sessions--)
      if (habits.service === 'text') {
        session.on(
          'subsystem',
          (accept) => void accept().write('Welcome to the transfer server!\n')
        )
      } else {
        session.on('sftp', (accept, reject) => {
          if (habits.service === 'none') reject()
          else serveSession(accept(), { root, faultInjector, cut, habits })
        })
      }
    })
  })
  ssh.on('error', () => {})

  // Like OpenSSH: Nagle's algorithm would delay small packets by 40 ms.
  const server = createServer({ noDelay: true }, (socket) => {
    connections++
    const { remotePort } = socket
    if (faultInjector.shouldRefuse() || remotePort === undefined) return void socket.destroy()
    sockets.set(remotePort, socket)
    socket.on('close', () => sockets.delete(remotePort))
    ssh.injectSocket(socket)
  })
  const port = await listen(server, options.port ?? 0)
  return {
    port,
    faults,
    connections: () => connections,
    stop: () => {
      for (const socket of sockets.values()) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

async function listen(server: NetServer, wanted: number): Promise<number> {
  try {
    await listenOn(server, wanted)
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'EADDRINUSE') throw error
    await listenOn(server, 0)
  }
  const address: AddressInfo | string | null = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return address.port
}

function listenOn(server: NetServer, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
}
