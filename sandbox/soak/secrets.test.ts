import { writeFileSync } from 'fs'
import { join } from 'path'
import { temporaryFolder } from '../common/temporary-folder'
import { CENTRA_TOKEN } from '../world/centra/access'
import { SFTP_PASSWORD } from '../world/intershop/intershop'
import { SECRETS, SecretScanner } from './secrets'

const folder = temporaryFolder()
afterAll(folder.remove)

it('SecretScanner finds each secret and names its place, not its value', async () => {
  const scanner = new SecretScanner(['CREDENTIAL'])
  const file = join(folder.path, 'log')
  writeFileSync(file, `well\n{"a":"x${SECRETS.sftpPassphrase}"}\nwell\n`)
  scanner.search('a report', 'nothing to see')
  expect(scanner.found).toBe(0)
  scanner.search('a response', `token=${SECRETS.token}`)
  scanner.search('a header', 'bearer CREDENTIAL')
  await scanner.scanFile(file)
  expect(scanner.found).toBe(3)
  expect(scanner.places).toEqual(['a response', 'a header', `${file}, line 2`])
})

it.each([CENTRA_TOKEN, SFTP_PASSWORD])(
  'SecretScanner finds the credential of an upstream: %s',
  (secret) => {
    const scanner = new SecretScanner()
    scanner.search('a report', `x${secret}x`)
    expect(scanner.found).toBe(1)
  }
)
