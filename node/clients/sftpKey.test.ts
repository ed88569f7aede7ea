import { generateKeyPairSync, type KeyObject, verify } from 'crypto'
import { utils } from 'ssh2'

import { readPrivateKey } from './sftpKey'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed25519 = generateKeyPairSync('ed25519')

const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1', passphrase?: string) =>
  key
    .export({
      type: type as 'pkcs8',
      format: 'pem',
      ...(passphrase && { cipher: 'aes-256-cbc', passphrase }),
    })
    .toString()

/** Whether it signs as the public half verifies. */
function signsFor(publicKey: KeyObject, pasted: string, passphrase?: string): boolean {
  const data = Buffer.from('what is signed')
  const hash = publicKey.asymmetricKeyType === 'ed25519' ? undefined : 'sha256'
  return verify(hash, data, publicKey, readPrivateKey(pasted, passphrase).sign(data, hash))
}

const outcome = (pasted: string, passphrase?: string) => {
  try {
    readPrivateKey(pasted, passphrase)
    return 'read'
  } catch (thrown) {
    return thrown
  }
}

describe('readPrivateKey', () => {
  it.each([
    ['RSA, PKCS#1', rsa, 'pkcs1'],
    ['RSA, PKCS#8', rsa, 'pkcs8'],
    ['ECDSA, SEC 1', p256, 'sec1'],
    ['ECDSA, PKCS#8', p256, 'pkcs8'],
    ['Ed25519, PKCS#8', ed25519, 'pkcs8'],
  ] as const)('reads %s, whatever a form did to its line ends', (_, pair, type) => {
    const text = pem(pair.privateKey, type)
    const spoilt = [text, `\n ${text}`, text.trim().replace(/\n/g, '\\n'), text.replace(/\n/g, ' ')]
    for (const pasted of [...spoilt, text.replace(/\n/g, '\r\n')]) {
      expect(signsFor(pair.publicKey, pasted)).toBe(true)
    }
  })

  it.each([
    ['RSA', rsa],
    ['ECDSA', p256],
    ['Ed25519', ed25519],
  ])('reads an encrypted PKCS#8 key with its passphrase only: %s', (_, pair) => {
    const text = pem(pair.privateKey, 'pkcs8', 'open')
    expect(signsFor(pair.publicKey, text, 'open')).toBe(true)
    for (const passphrase of ['wrong', '', undefined]) {
      expect(outcome(text, passphrase)).toMatchObject({
        kind: 'auth',
        message: expect.stringContaining('passphrase'),
      })
    }
  })

  it('reads each Ed25519 key, whatever its bytes', () => {
    for (let made = 0; made < 300; made++) {
      const { publicKey, privateKey } = generateKeyPairSync('ed25519')
      expect(signsFor(publicKey, pem(privateKey, 'pkcs8'))).toBe(true)
    }
  })

  it.each([
    ['a public key in OpenSSH form', utils.generateKeyPairSync('ed25519').public, 'public key'],
    [
      'a public key in PEM form',
      rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      'public key',
    ],
    ['a public key of SSH2', '---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n', 'public key'],
    ['a key of PuTTY 3', 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n', 'PuTTYgen'],
    [
      'a kind that SSH has no use for',
      pem(generateKeyPairSync('x25519').privateKey, 'pkcs8'),
      'RSA',
    ],
    ['half a key', pem(rsa.privateKey, 'pkcs8').slice(0, 500), 'damaged'],
    ['junk', 'junk', 'no private key'],
  ])('refuses %s, and says why, without the key', (_, pasted, words) => {
    const error = outcome(pasted)
    expect(error).toMatchObject({ kind: 'auth', message: expect.stringContaining(words) })
    expect(String(error)).not.toContain(pasted.slice(40, 60) || pasted)
  })
})
