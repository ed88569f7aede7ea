import type { Algorithms, CipherAlgorithm, KexAlgorithm, ServerHostKeyAlgorithm } from 'ssh2'

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
export function algorithms(allowsOld: boolean, refused: ReadonlySet<string>): Algorithms {
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
export class OfferedAlgorithms {
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
