import { createHash } from 'crypto'
import {
  type AnyAuthMethod,
  type AuthHandlerMiddleware,
  type CipherAlgorithm,
  Client,
  type KexAlgorithm,
  type KeyboardInteractiveAuthMethod,
  type ParsedKey,
  type ServerHostKeyAlgorithm,
} from 'ssh2'
import { EndedError, reasonOf, SftpError } from './sftpError'
import { readPrivateKey } from './sftpKey'

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

/**
 * Connects and logs in. A server may have several host keys and shows one: if that is not accepted, it is asked for
 * another type. @param refused fingerprints that were not accepted, by key type
 */
export async function logIn(
  access: SftpAccess,
  refused: Map<string, string> = new Map()
): Promise<Client> {
  const { host, port, user, privateKey, passphrase, legacyAlgorithms: allowsOld = false } = access
  const key = privateKey?.trim() ? readPrivateKey(privateKey, passphrase) : undefined
  const offered = new OfferedAlgorithms()
  const client = new Client()
  let shown: { type: string; fingerprint: string } | undefined
  let login: Login | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      const refuse = (why: string) => reject(new SftpError('auth', why))
      login = new Login(access, key, refuse)
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
        algorithms: {
          serverHostKey: hostKeys(allowsOld, refused),
          ...(allowsOld && { kex: alsoAllow(OLD_KEX), cipher: alsoAllow(OLD_CIPHERS) }),
        },
        debug: offered.hear,
        readyTimeout: CONNECT_MS,
        keepaliveInterval: 5_000,
        keepaliveCountMax: 3,
        hostVerifier: (hostKey: Buffer) => {
          const fingerprint = fingerprintOf(hostKey)
          if (access.acceptHostKey(fingerprint)) return true
          shown = { type: typeOf(hostKey), fingerprint }
          return false
        },
      })
    })
    return client
  } catch (thrown) {
    client.destroy()
    if (!shown) throw connectError(thrown, access, offered, login?.hasShownCredential === true)
    refused.set(shown.type, shown.fingerprint)
    if (!hostKeys(allowsOld, refused).some((name) => offered.hostKeys.includes(name))) {
      const all = [...refused.values()].join(', ')
      throw new SftpError('hostKey', `the server shows the host key ${all}`)
    }
  }
  return logIn(access, refused)
}

/** The type with which a public key's text begins, after its length. */
const typeOf = (key: Buffer) => key.subarray(4, 4 + key.readUInt32BE(0)).toString()

/** What a server asks for, in words. */
const ASKED: Record<string, string> = {
  publickey: 'a key',
  password: 'a password',
  'keyboard-interactive': 'a password',
}

/** Logs in by the key, the password, the password typed at a prompt: by two of them where the server wants two. */
class Login {
  hasShownCredential = false
  private untried: readonly AnyAuthMethod[]

  /** @param refused is told why there is no way in */
  constructor(
    private readonly access: SftpAccess,
    key: ParsedKey | undefined,
    private readonly refused: (why: string) => void
  ) {
    const { user: username, password } = access
    const byPassword = (typed: string): AnyAuthMethod[] => [
      { type: 'password', username, password: typed },
      { type: 'keyboard-interactive', username, prompt: this.prompt(typed) },
    ]
    this.untried = [
      ...(key ? [{ type: 'publickey', username, key } as const] : []),
      ...(password ? byPassword(password) : []),
    ]
  }

  /** What ssh2 asks for each next method. At first, when it does not know yet what is left, it passes null. */
  readonly next: AuthHandlerMiddleware = (left, _isPartial, next) => {
    const { user } = this.access
    // Only asks what the server takes: a refused try counts, and some servers end the connection after a few.
    if (!left) return next({ type: 'none', username: user })
    const method = this.untried.find(({ type }) => left.length === 0 || left.includes(type))
    if (!method) {
      const asked = [...new Set(left.map((each) => ASKED[each] ?? 'something else'))].join(' or ')
      const hint = asked && `; it asks for ${asked}`
      return this.refused(`the server does not accept user ${user}${hint}`)
    }
    this.untried = this.untried.filter((other) => other !== method)
    this.hasShownCredential = true
    next(method)
  }

  private prompt(password: string): KeyboardInteractiveAuthMethod['prompt'] {
    let hasTyped = false
    return (_name, _instructions, _language, prompts, answer) => {
      // A second one asks for a code, or for a new password.
      if (hasTyped || prompts.length !== 1) {
        const more = 'more than a password, which the app cannot answer'
        return this.refused(`the server asks user ${this.access.user} for ${more}`)
      }
      hasTyped = true
      answer([password])
    }
  }
}

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

/** The types of host keys to request, without those that were refused. */
const hostKeys = (allowsOld: boolean, refused: ReadonlyMap<string, string>) =>
  [...HOST_KEYS, ...(allowsOld ? OLD_HOST_KEYS : [])].filter(
    (name) => !refused.has(keyTypeOf(name))
  )

const alsoAllow = <T>(append: T[]) => ({ append, prepend: [], remove: [] })

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

  get hostKeys(): readonly string[] {
    return this.lists.get('Host key format') ?? []
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
