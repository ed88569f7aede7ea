import { createHash, timingSafeEqual } from 'crypto'
import { type AuthContext, type KeyboardAuthContext, type ParsedKey, utils } from 'ssh2'
import type { Method, SftpHabits } from './habits'

/** The accepted credentials. */
export interface Credentials {
  user: string
  password: string
  /** An accepted public key in OpenSSH's format. */
  publicKey?: string
}

const PASSWORD_PROMPT = 'Password: '

/** Lets the user in with the password, or with the key; nobody else, ever. For each connection anew. */
export class Authentication {
  private readonly done: Method[] = []

  constructor(
    private readonly credentials: Credentials,
    private readonly habits: SftpHabits
  ) {}

  async answer(context: AuthContext): Promise<void> {
    const asked = this.asked()
    const method = asked.find((name) => name === context.method)
    // Without a signature the client only asks whether this key would do.
    if (method && context.method === 'publickey' && !context.signature) {
      return this.isKnown(context.key.data) ? context.accept() : context.reject(asked)
    }
    if (!method || !(await this.proves(context))) return context.reject(asked)
    this.done.push(method)
    const isIn = this.logIns.some((all) => all.length === this.done.length && this.begins(all))
    if (isIn) context.accept()
    else context.reject(this.asked(), true)
  }

  private get logIns(): Method[][] {
    const withKey: Method[][] = this.credentials.publicKey ? [['publickey']] : []
    return this.habits.logIns ?? [['password'], ...withKey]
  }

  private begins(methods: Method[]): boolean {
    return this.done.every((method, index) => methods[index] === method)
  }

  private asked(): Method[] {
    const next = this.logIns
      .filter((methods) => this.begins(methods))
      .flatMap((methods) => methods[this.done.length] ?? [])
    return [...new Set(next)]
  }

  private async proves(context: AuthContext): Promise<boolean> {
    const { user, password } = this.credentials
    if (!same(context.username, user)) return false
    if (context.method === 'password') return same(context.password, password)
    if (context.method === 'keyboard-interactive') return this.proveAtPrompt(context)
    if (context.method !== 'publickey' || !this.isKnown(context.key.data)) return false
    const key = utils.parseKey(this.credentials.publicKey ?? '')
    if (key instanceof Error || !context.signature) return false
    return verifies(key, context.blob, context.signature, context.hashAlgo)
  }

  private async proveAtPrompt(context: KeyboardAuthContext): Promise<boolean> {
    const prompts = this.habits.prompts ?? [PASSWORD_PROMPT]
    const hidden = prompts.map((prompt) => ({ prompt, echo: false }))
    const answers = await new Promise<string[]>((resolve) => context.prompt(hidden, resolve))
    return answers.length === prompts.length && same(answers[0] ?? '', this.credentials.password)
  }

  private isKnown(data: Buffer): boolean {
    const key = utils.parseKey(this.credentials.publicKey ?? '')
    return !(key instanceof Error) && key.getPublicSSH().equals(data)
  }
}

function verifies(key: ParsedKey, blob: Buffer | undefined, signature: Buffer, hash?: string) {
  return blob !== undefined && key.verify(blob, signature, hash) === true
}

function same(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}
