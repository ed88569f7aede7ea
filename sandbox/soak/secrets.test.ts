import { writeFileSync } from 'fs'
import { join } from 'path'
import { temporaryFolder } from '../common/temporary-folder'
import { CENTRA_TOKEN } from '../world/centra/access'
import { SFTP_PASSWORD } from '../world/intershop/intershop'
import { SECRETS, SecretWatch } from './secrets'

const folder = temporaryFolder()
afterAll(folder.remove)

it('sees every secret, and says where without saying what', async () => {
  const watch = new SecretWatch(['CREDENTIAL'])
  const file = join(folder.path, 'log')
  writeFileSync(file, `well\n{"a":"x${SECRETS.sftpPassphrase}"}\nwell\n`)
  watch.look('a report', 'nothing to see')
  expect(watch.seen).toBe(0)
  watch.look('an answer', `token=${SECRETS.token}`)
  watch.look('a header', 'bearer CREDENTIAL')
  await watch.lookIntoFile(file)
  expect(watch.seen).toBe(3)
  expect(watch.places).toEqual(['an answer', 'a header', `${file}, line 2`])
})

it.each([CENTRA_TOKEN, SFTP_PASSWORD])('sees what opens the world around the app: %s', (secret) => {
  const watch = new SecretWatch()
  watch.look('a report', `x${secret}x`)
  expect(watch.seen).toBe(1)
})
