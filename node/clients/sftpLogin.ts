import type { AnyAuthMethod, AuthHandlerMiddleware, ParsedKey } from 'ssh2'

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
