import { createHash } from 'crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'fs'
import { dirname } from 'path'
import { utils } from 'ssh2'
import { newKeyPair } from './key-pair'

/** An SSH server's host key. */
export interface HostKey {
  /** In OpenSSH's format. */
  privateKey: string
  /** As OpenSSH prints it: `SHA256:` and unpadded base64. */
  fingerprint: string
}

/** Loads the ed25519 key in a file; creates a new one if it is missing. */
export function loadHostKey(file: string): HostKey {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, newKeyPair().private, { mode: 0o600 })
  }
  const privateKey = readFileSync(file, 'utf8')
  const key = utils.parseKey(privateKey)
  if (key instanceof Error) throw new Error(`${file} holds no SSH key: ${key.message}`)
  const digest = createHash('sha256').update(key.getPublicSSH()).digest('base64')
  return { privateKey, fingerprint: `SHA256:${digest.replace(/=+$/, '')}` }
}
