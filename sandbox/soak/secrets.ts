import { createReadStream } from 'fs'
import { createInterface } from 'readline'
import { CENTRA_TOKEN } from '../world/centra/access'
import { SFTP_PASSWORD } from '../world/intershop/intershop'

/** Secret settings with recognisable values. */
export const SECRETS = {
  token: 'SECRET-token-5e21',
  previousToken: 'SECRET-previous-90c4',
  sftpPassphrase: 'SECRET-passphrase-a7d3',
} as const

const EXAMPLES = 5

/** Searches output for secrets. */
export class SecretScanner {
  /** Number of texts with a secret. */
  found = 0
  /** Where they were found, without the secret. */
  readonly places: string[] = []
  private readonly secrets: readonly string[]

  /** `more`: secrets that are not in the settings, such as the app's credential. */
  constructor(more: readonly string[] = []) {
    this.secrets = [...Object.values(SECRETS), SFTP_PASSWORD, CENTRA_TOKEN, ...more]
  }

  /** Searches a text; `place` names it. */
  search(place: string, text: string): void {
    if (!this.secrets.some((secret) => text.includes(secret))) return
    this.found++
    if (this.places.length < EXAMPLES) this.places.push(place)
  }

  /** Searches each line of a file. */
  async scanFile(path: string): Promise<void> {
    let line = 0
    for await (const text of createInterface({ input: createReadStream(path) })) {
      this.search(`${path}, line ${++line}`, text)
    }
  }
}
