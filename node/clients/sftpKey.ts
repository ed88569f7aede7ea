import { createPrivateKey, type KeyObject } from 'crypto'
import { type ParsedKey, utils } from 'ssh2'
import { SftpError } from './sftpError'

const ARMOUR = /^(-----BEGIN [A-Z ]+-----)\s+(.+?)\s+(-----END [A-Z ]+-----)$/s
const PUBLIC = /PUBLIC KEY ?-|^(ssh|ecdsa|sk)-/
const PUTTY_3 = /^PuTTY-User-Key-File-3/
const PKCS8 = /^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/

/** A private key as pasted into a form: OpenSSH, PEM (PKCS#1, SEC 1, PKCS#8) or PuTTY 2. @throws {SftpError} `auth` */
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

/** https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key */
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
  ])
  const lines = body.toString('base64').replace(/.{1,70}/g, '$&\n')
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}-----END OPENSSH PRIVATE KEY-----\n`
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
