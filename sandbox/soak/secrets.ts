import { createReadStream } from 'fs'
import { createInterface } from 'readline'
import { CENTRA_TOKEN } from '../world/centra/access'
import { SFTP_PASSWORD } from '../world/intershop/intershop'

/** Settings that are secrets, with values to be recognised wherever they turn up. */
export const SECRETS = {
  token: 'SECRET-token-5e21',
  previousToken: 'SECRET-previous-90c4',
  sftpPassphrase: 'SECRET-passphrase-a7d3',
} as const

const EXAMPLES = 5

/** Looks for secrets in what anybody gets to see. */
export class SecretWatch {
  /** How often one was seen. */
  seen = 0
  /** Where, without the secret. */
  readonly places: string[] = []
  private readonly secrets: readonly string[]

  /** `more` are secrets that no setting holds, such as the app's credential. */
  constructor(more: readonly string[] = []) {
    this.secrets = [...Object.values(SECRETS), SFTP_PASSWORD, CENTRA_TOKEN, ...more]
  }

  /** Looks into a text; `place` names it. */
  look(place: string, text: string): void {
    if (!this.secrets.some((secret) => text.includes(secret))) return
    this.seen++
    if (this.places.length < EXAMPLES) this.places.push(place)
  }

  /** Looks into each line of a file. */
  async lookIntoFile(path: string): Promise<void> {
    let line = 0
    for await (const text of createInterface({ input: createReadStream(path) })) {
      this.look(`${path}, line ${++line}`, text)
    }
  }
}
