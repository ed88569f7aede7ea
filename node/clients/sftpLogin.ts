import { createPrivateKey, type KeyObject } from 'crypto'
import { type AnyAuthMethod, type AuthHandlerMiddleware, type ParsedKey, utils } from 'ssh2'
import { SftpError } from './sftpError'

type Method = 'publickey' | 'password' | 'keyboard-interactive'

/** What a server asks for, in words. */
const ASKED: Record<string, string> = {
  publickey: 'a key',
  password: 'a password',
  'keyboard-interactive': 'a password',
}

/** Who logs in, and with what. */
export interface Credentials {
  user: string
  password?: string | undefined
  key?: ParsedKey | undefined
}

/**
 * Logs in with what there is and the server asks for: the key, the password, the password typed at a prompt; one
 * after the other where the server wants two of them.
 */
export class Login {
  /** Whether a credential was shown. */
  hasShownCredential = false
  private untried: readonly Method[]
  private hasTyped = false

  /** @param refused is told why there is no way in */
  constructor(
    private readonly credentials: Credentials,
    private readonly refused: (why: string) => void
  ) {
    this.untried = [
      ...(credentials.key ? (['publickey'] as const) : []),
      ...(credentials.password ? (['password', 'keyboard-interactive'] as const) : []),
    ]
  }

  /** What ssh2 asks for each next method. At first, when it does not know yet what is left, it passes null. */
  readonly next: AuthHandlerMiddleware = (left, _isPartial, next) => {
    const { user } = this.credentials
    // Only asks what the server takes: a refused try counts, and some servers end the connection after a few.
    if (!left) return next({ type: 'none', username: user })
    const asked = (method: Method) => left.length === 0 || left.includes(method)
    const method = this.untried.find(asked)
    if (!method) return this.refused(`the server does not accept user ${user}${askedFor(left)}`)
    this.untried = this.untried.filter((other) => other !== method)
    this.hasShownCredential = true
    next(this.with(method))
  }

  private with(method: Method): AnyAuthMethod {
    const { user: username, password = '', key } = this.credentials
    if (method === 'publickey' && key) return { type: method, username, key }
    if (method === 'password') return { type: method, username, password }
    return {
      type: 'keyboard-interactive',
      username,
      prompt: (_name, _instructions, _language, prompts, answer) => {
        // A second one asks for a code, or for a new password.
        if (this.hasTyped || prompts.length !== 1) {
          return this.refused(
            `the server asks user ${username} for more than a password, which the app cannot answer`
          )
        }
        this.hasTyped = true
        answer([password])
      },
    }
  }
}

function askedFor(methods: readonly string[]): string {
  const words = [...new Set(methods.map((method) => ASKED[method] ?? 'something else'))]
  return words.length > 0 ? `; it asks for ${words.join(' or ')}` : ''
}

const ARMOUR = /^(-----BEGIN [A-Z ]+-----)\s+(.+?)\s+(-----END [A-Z ]+-----)$/s
const PUBLIC = /PUBLIC KEY ?-|^(ssh|ecdsa|sk)-/
const PUTTY_3 = /^PuTTY-User-Key-File-3/
const PKCS8 = /^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/

/**
 * A private key as somebody pasted it into a form: OpenSSH, PEM (PKCS#1, SEC 1, PKCS#8) or PuTTY 2.
 * @throws {SftpError} `auth`, where it is none that can be used
 */
export function readPrivateKey(pasted: string, passphrase = ''): ParsedKey {
  const text = withLineEnds(pasted)
  if (PUBLIC.test(text)) throw unusable('it is a public key; its private half is needed')
  if (PUTTY_3.test(text)) {
    throw unusable("PuTTY's version 3 is not supported; export it in OpenSSH form with PuTTYgen")
  }
  const isPkcs8 = PKCS8.test(text)
  const form = isPkcs8 ? otherForm(text, passphrase) : text
  const key = utils.parseKey(form, isPkcs8 ? undefined : passphrase)
  if (key instanceof Error || !key.isPrivateKey()) {
    throw unusable('it is no private key, or needs another passphrase')
  }
  return key
}

const unusable = (why: string) => new SftpError('auth', `the private key cannot be used: ${why}`)

/** A key pasted into a one-line field carries its line ends as \n, or has blanks in their place. */
function withLineEnds(pasted: string): string {
  const key = pasted.replace(/\\n/g, '\n').trim()
  const [, begin, body = '', end] = key.includes('\n') ? [] : (ARMOUR.exec(key) ?? [])
  return begin ? [begin, ...body.split(/\s+/), end, ''].join('\n') : key
}

/** ssh2 does not read PKCS#8: the same key, unencrypted, in a form that it reads. */
function otherForm(pkcs8: string, passphrase: string): string {
  const key = parsed(pkcs8, passphrase)
  const pemOf = (type: 'pkcs1' | 'sec1') => key.export({ type, format: 'pem' }).toString()
  if (key.asymmetricKeyType === 'rsa') return pemOf('pkcs1')
  if (key.asymmetricKeyType === 'ec') return pemOf('sec1')
  if (key.asymmetricKeyType === 'ed25519') return openSshForm(key)
  throw unusable('SSH knows RSA, ECDSA and Ed25519 keys only')
}

function parsed(key: string, passphrase: string): KeyObject {
  try {
    return createPrivateKey({ key, passphrase })
  } catch {
    throw unusable('it is damaged, or needs another passphrase')
  }
}

/**
 * An Ed25519 key in the one form that SSH libraries have for it:
 * https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
 */
function openSshForm(key: KeyObject): string {
  const { x = '', d = '' } = key.export({ format: 'jwk' })
  const type = Buffer.from('ssh-ed25519')
  const point = Buffer.from(x, 'base64url')
  const seed = Buffer.from(d, 'base64url')
  const none = Buffer.from('none')
  const nothing = Buffer.alloc(0)
  const check = Buffer.alloc(8)
  const fields = strings(type, point, Buffer.concat([seed, point]), nothing)
  const padding = Buffer.from([1, 2, 3, 4, 5, 6, 7].slice(0, -(check.length + fields.length) & 7))
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    strings(none, none, nothing),
    Buffer.from([0, 0, 0, 1]),
    strings(strings(type, point), Buffer.concat([check, fields, padding])),
  ]).toString('base64')
  const lines = body.match(/.{1,70}/g) ?? []
  return [
    '-----BEGIN OPENSSH PRIVATE KEY-----',
    ...lines,
    '-----END OPENSSH PRIVATE KEY-----',
    '',
  ].join('\n')
}

/** Each with its length before it. */
function strings(...values: Buffer[]): Buffer {
  const withLengths = values.flatMap((value) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(value.length)
    return [length, value]
  })
  return Buffer.concat(withLengths)
}
