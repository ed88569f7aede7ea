import { createHash, timingSafeEqual } from 'crypto'
import { type AuthContext, type ParsedKey, utils } from 'ssh2'

/** The accepted credentials. */
export interface Credentials {
  user: string
  password: string
  /** An accepted public key in OpenSSH's format. */
  publicKey?: string
}

/** Accepts only the user with the password or the key. */
export function authenticate(context: AuthContext, credentials: Credentials): void {
  const knownUser = same(context.username, credentials.user)
  if (knownUser && proves(context, credentials)) context.accept()
  else context.reject(credentials.publicKey ? ['password', 'publickey'] : ['password'])
}

function proves(context: AuthContext, { password, publicKey }: Credentials): boolean {
  if (context.method === 'password') return same(context.password, password)
  if (context.method !== 'publickey' || publicKey === undefined) return false
  const key = utils.parseKey(publicKey)
  if (key instanceof Error || !key.getPublicSSH().equals(context.key.data)) return false
  // Without a signature, the client only asks whether the key is acceptable.
  return !context.signature || verifies(key, context.blob, context.signature, context.hashAlgo)
}

function verifies(key: ParsedKey, blob: Buffer | undefined, signature: Buffer, hash?: string) {
  return blob !== undefined && key.verify(blob, signature, hash) === true
}

function same(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}
