import { CENTRA_TOKEN } from '../../../sandbox/world/centra/access'
import { SFTP_PASSWORD } from '../../../sandbox/world/intershop/intershop'
import { newKeyPair } from '../../../sandbox/world/intershop/key-pair'
import { noSftpFaults } from '../../../sandbox/world/intershop/sftp/sftp-faults'
import { App } from './app'
import { type Answer, json } from './http'
import { finderOf, leaksIn, MARK, secret } from './leaks'
import { parseReport, type Report } from './report'

/** No header can carry what is not Latin-1, so neither should a token. */
export const TOKENS = {
  token: secret('token').slice(0, -1),
  previousToken: secret('previous').slice(0, -1),
}
const { token } = TOKENS

/** Each header in which a caller may tell a secret to the wrong ear. */
export const HEADERS = Object.fromEntries(
  [
    ...['authorization', 'proxy-authorization', 'cookie', 'user-agent', 'referer', 'origin'],
    ...['x-vtex-credential', 'x-vtex-segment', 'x-vtex-session', 'x-vtex-caller', 'x-vtex-locale'],
    ...['vtexidclientautcookie', 'x-vtex-api-appkey', 'x-vtex-api-apptoken', 'x-custom'],
    ...['x-request-id', 'x-forwarded-for', 'uber-trace-id', 'accept-language', 'if-none-match'],
  ].map((name) => [name, `Bearer ${MARK}-${name}`])
)

/** The app with recognisable secrets in its settings, and somebody who looks for them everywhere. */
export class Watched {
  private readonly find: (where: string) => string[]
  private readonly seen = new Map<string, string>()
  private answersSeen = 0
  private leaks: string[] = []

  private constructor(
    readonly app: App,
    /** A private key that a passphrase protects. */
    readonly encryptedKey: string
  ) {
    const [, keyLine = ''] = encryptedKey.split('\n')
    const { credential } = app.platform
    this.find = finderOf([MARK, SFTP_PASSWORD, CENTRA_TOKEN, keyLine, credential])
  }

  static async start(): Promise<Watched> {
    const protection = { cipher: 'aes256-ctr', passphrase: 'another', rounds: 4 }
    const { private: key } = newKeyPair(protection)
    return new Watched(await App.start({ skus: 12, centra: true }), key)
  }

  /** Looks at all that was said and written since the last look; documents come and go. */
  async look(): Promise<void> {
    const { answers } = this.app
    const files = (await this.app.written()).filter(
      ({ path, text }) => this.seen.get(path) !== text
    )
    this.leaks.push(...leaksIn(this.find, answers.slice(this.answersSeen), files))
    this.answersSeen = answers.length
    for (const { path, text } of files) this.seen.set(path, text)
  }

  /** Puts everything right again, and answers the leaks that were found since the last time. */
  async leaksSoFar(): Promise<string[]> {
    this.app.platform.faults.clear()
    Object.assign(this.app.intershop.sftp.faults, noSftpFaults())
    await this.look()
    const { leaks } = this
    this.leaks = []
    return leaks
  }

  /** Sets what is secret to something recognisable, and something more. */
  configure(more: Record<string, unknown>): Promise<void> {
    return this.app.configure({ ...TOKENS, sftpPassword: secret('sftpPassword'), ...more })
  }

  /** Asks with the token, and with a secret in every other header. */
  ask(method: string, path: string): Promise<Answer> {
    return this.app.send(method, path, { token, headers: HEADERS })
  }

  async accepted(path = 'export'): Promise<string> {
    const answer = await this.ask('POST', path)
    const id = answer.headers['x-export-id']
    if (typeof id === 'string') return id
    throw new Error(`${answer.request}: ${answer.status}`)
  }

  /** Accepts an export while no event gets through. */
  async acceptedUnheard(): Promise<string> {
    const { behaviour } = this.app.platform.courier
    behaviour.lost = 1
    const id = await this.accepted()
    behaviour.lost = 0
    return id
  }

  /** The report of an export that is asked for here, once it has ended. */
  async exported(path?: string): Promise<Report> {
    return this.ended(await this.accepted(path))
  }

  ended(id: string): Promise<Report> {
    return this.app.endedBy(id, async () =>
      parseReport(json(await this.ask('GET', `exports/${id}`)))
    )
  }
}
