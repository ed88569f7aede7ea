import { createHash } from 'crypto'
import {
  type Algorithms,
  type CipherAlgorithm,
  Client,
  type KexAlgorithm,
  type ServerHostKeyAlgorithm,
} from 'ssh2'
import { EndedError, reasonOf, SftpError } from './sftpError'
import { type Credentials, Login, readPrivateKey } from './sftpLogin'

/** Where and as whom to connect. */
export interface SftpAccess {
  host: string
  port: number
  user: string
  password?: string | undefined
  privateKey?: string | undefined
  passphrase?: string | undefined
  /** Whether weak algorithms of old servers are allowed too. */
  legacyAlgorithms?: boolean | undefined
  /** Is the server with this key (SHA256 fingerprint, as ssh-keygen -l prints it) the right one? */
  acceptHostKey(fingerprint: string): boolean
}

const CONNECT_MS = 15_000
/** SSH's reasons to disconnect that mean the user: RFC 4253, 11.1. OpenSSH says 2 after too many tries. */
const LOGIN_REFUSED: ReadonlySet<unknown> = new Set([1, 2, 13, 14, 15])

/** SHA256:... of a host key, the form that OpenSSH prints. */
const fingerprintOf = (key: Buffer) =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** Whether two fingerprints are the same, with or without their prefix and padding. */
export const sameFingerprint = (a: string, b: string) => bare(a) === bare(b)

const bare = (fingerprint: string) => fingerprint.trim().replace(/^SHA256:|=+$/g, '')

/** Connects and logs in. @throws {SftpError} */
export async function logIn(access: SftpAccess): Promise<Client> {
  const { user, password, privateKey, passphrase } = access
  const key = privateKey?.trim() ? readPrivateKey(privateKey, passphrase) : undefined
  return connect(access, { user, password, key }, new Map())
}

/**
 * A server may have several host keys and shows one. If that is not accepted, the app connects again and requests
 * another type.
 * @param refused fingerprints that were not accepted, by key type
 */
async function connect(
  access: SftpAccess,
  credentials: Credentials,
  refused: Map<string, string>
): Promise<Client> {
  const { host, port, user, legacyAlgorithms: allowsOld = false } = access
  const offered = new OfferedAlgorithms()
  const client = new Client()
  let shown: { type: string; fingerprint: string } | undefined
  let login: Login | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      const refuse = (why: string) => reject(new SftpError('auth', why))
      login = new Login(credentials, refuse)
      // Small packets that wait for the other side's acknowledgement would take 40 ms each (Nagle).
      client.on('connect', () => client.setNoDelay(true))
      client.on('ready', resolve)
      client.on('error', reject)
      client.on('close', () => reject(new EndedError()))
      client.on('change password', () => refuse(`the password of user ${user} has expired`))
      client.connect({
        host,
        port,
        username: user,
        authHandler: login.next,
        algorithms: algorithms(allowsOld, new Set(refused.keys())),
        debug: offered.hear,
        readyTimeout: CONNECT_MS,
        keepaliveInterval: 5_000,
        keepaliveCountMax: 3,
        hostVerifier: (key: Buffer) => {
          const fingerprint = fingerprintOf(key)
          if (access.acceptHostKey(fingerprint)) return true
          shown = { type: typeOf(key), fingerprint }
          return false
        },
      })
    })
    return client
  } catch (thrown) {
    client.destroy()
    if (!shown) throw connectError(thrown, access, offered, login?.hasShownCredential === true)
    refused.set(shown.type, shown.fingerprint)
    if (!offered.hasOtherHostKeys(allowsOld, new Set(refused.keys()))) {
      const all = [...refused.values()].join(', ')
      throw new SftpError('hostKey', `the server shows the host key ${all}`)
    }
  }
  return connect(access, credentials, refused)
}

/** The type with which a public key's text begins, after its length. */
const typeOf = (key: Buffer) => key.subarray(4, 4 + key.readUInt32BE(0)).toString()

function connectError(
  thrown: unknown,
  { host, port, user }: SftpAccess,
  offered: OfferedAlgorithms,
  isLoggingIn: boolean
): SftpError {
  if (thrown instanceof SftpError) return thrown
  const { code, message } = (thrown ?? {}) as { code?: unknown; message?: unknown }
  const mismatch = offered.mismatch(String(message))
  if (mismatch) return new SftpError('algorithms', mismatch)
  if (isLoggingIn && LOGIN_REFUSED.has(code)) {
    return new SftpError('auth', `the server disconnected user ${user} while logging in`)
  }
  // `stepError` does not apply: before there is a session, its codes do not mean files.
  const during = isLoggingIn ? `logging in at ${host}:${port}` : `connecting to ${host}:${port}`
  return new SftpError('down', `${during} failed${reasonOf(thrown)}`)
}

const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
]

/** The only algorithms of some servers from the 2000s: SHA-1 signatures and CBC. */
const OLD_HOST_KEYS: readonly ServerHostKeyAlgorithm[] = ['ssh-rsa']
const OLD_KEX: KexAlgorithm[] = [
  'diffie-hellman-group-exchange-sha1',
  'diffie-hellman-group14-sha1',
]
const OLD_CIPHERS: CipherAlgorithm[] = ['aes256-cbc', 'aes192-cbc', 'aes128-cbc', '3des-cbc']
const OLD: ReadonlySet<string> = new Set([...OLD_HOST_KEYS, ...OLD_KEX, ...OLD_CIPHERS])

/** An RSA key can sign with three algorithms. */
const keyTypeOf = (algorithm: string) => algorithm.replace(/^rsa-sha2-(256|512)$/, 'ssh-rsa')

/**
 * The algorithms of a connection.
 * @param allowsOld whether weak algorithms of old servers are allowed
 * @param refused types of host keys that are not requested again
 */
function algorithms(allowsOld: boolean, refused: ReadonlySet<string>): Algorithms {
  const hostKeys = [...HOST_KEYS, ...(allowsOld ? OLD_HOST_KEYS : [])]
  return {
    serverHostKey: hostKeys.filter((algorithm) => !refused.has(keyTypeOf(algorithm))),
    ...(allowsOld && {
      kex: { append: OLD_KEX, prepend: [], remove: [] },
      cipher: { append: OLD_CIPHERS, prepend: [], remove: [] },
    }),
  }
}

/** ssh2 names a list differently in errors and in debug output. */
const HEARD_AS: Record<string, string> = {
  'key exchange algorithm': 'KEX method',
  'host key format': 'Host key format',
}
const MOST_NAMED = 10

/** What a server offered, parsed from ssh2's debug output: ssh2 does not expose it otherwise. */
class OfferedAlgorithms {
  private readonly lists = new Map<string, string[]>()

  readonly hear = (line: string): void => {
    const [, list = '', names] = /^Handshake: \(remote\) ([^:]+): (.*)$/.exec(line) ?? []
    // The text comes from the server: only valid names are shown.
    const known = names
      ?.split(',')
      .filter((name) => /^(?!kex-strict|ext-info)[\w@.+-]{1,64}$/.test(name))
    if (known) this.lists.set(list, known)
  }

  /** Whether the server has a host key of a type that was not shown yet. */
  hasOtherHostKeys(allowsOld: boolean, refused: ReadonlySet<string>): boolean {
    const offered = this.lists.get('Host key format') ?? []
    const { serverHostKey } = algorithms(allowsOld, refused)
    return Array.isArray(serverHostKey) && serverHostKey.some((name) => offered.includes(name))
  }

  /** What is not shared, where ssh2 ended the handshake for that. */
  mismatch(message: string): string | undefined {
    const [, list] = /^Handshake failed: no matching (.+)$/.exec(message) ?? []
    if (!list) return undefined
    const offered = this.lists.get(HEARD_AS[list] ?? list) ?? []
    const named = offered.slice(0, MOST_NAMED).join(', ') || 'none'
    const old = offered.some((name) => OLD.has(name)) ? ' (old)' : ''
    return `no ${list.replace(/^[CS]->[CS] /, '')} is shared; the server offers ${named}${old}`
  }
}
