import { z } from 'zod'
import type { SandboxFaults } from '../../sandbox/sandbox'
import type { App } from '../e2e/support/app'
import { json, send } from '../e2e/support/http'

const ruleSchema = z.object({
  rule: z.object({ times: z.number().optional() }),
  injected: z.number(),
})
const callsSchema = z.object({ rules: z.array(ruleSchema) })
const behaviourSchema = z.object({ behaviour: z.record(z.string(), z.unknown()) })
const sftpSchema = z.record(z.string(), z.unknown())

/** Faults that are active in a sandbox, set through its control API. */
export class ActiveFaults {
  private constructor(
    private readonly app: App,
    private readonly faults: SandboxFaults,
    private readonly before: { courier: object; vbase: object; sftp: object; centra: object }
  ) {}

  static async start(app: App, faults: SandboxFaults): Promise<ActiveFaults> {
    const before = {
      courier: behaviourSchema.parse(await control(app, 'GET', 'courier')).behaviour,
      vbase: behaviourSchema.parse(await control(app, 'GET', 'vbase')).behaviour,
      sftp: sftpSchema.parse(await control(app, 'GET', 'intershop/sftp')),
      centra: behaviourSchema.parse(await control(app, 'GET', 'centra')).behaviour,
    }
    const active = new ActiveFaults(app, faults, before)
    await active.set(faults)
    for (const rule of faults.calls ?? []) await control(app, 'POST', 'faults', rule)
    return active
  }

  /** What was to go wrong so many times and never did: the trial then says nothing. */
  async idleFaults(): Promise<string[]> {
    const { rules } = callsSchema.parse(await control(this.app, 'GET', 'faults'))
    const calls = rules.filter(({ rule, injected }) => rule.times !== undefined && injected === 0)
    const now = sftpSchema.parse(await control(this.app, 'GET', 'intershop/sftp'))
    const counted = Object.entries(this.faults.sftp ?? {}).filter(
      ([name, value]) => COUNTED.has(name) && now[name] === value
    )
    return [...calls.map(({ rule }) => JSON.stringify(rule)), ...counted.map(([name]) => name)]
  }

  /** Ends the faults; a second call has no effect. */
  async end(): Promise<void> {
    await control(this.app, 'DELETE', 'faults')
    await this.set(this.before)
  }

  private async set({ courier, vbase, sftp, centra }: SandboxFaults): Promise<void> {
    if (courier) await control(this.app, 'PUT', 'courier', courier)
    if (vbase) await control(this.app, 'PUT', 'vbase', vbase)
    if (sftp) await control(this.app, 'PUT', 'intershop/sftp', sftp)
    if (centra) await control(this.app, 'PUT', 'centra', centra)
  }
}

const COUNTED: ReadonlySet<string> = new Set(['refusals', 'cuts', 'fullWrites'])

/** Calls the sandbox's control API; undefined for an answer without content. */
async function control(app: App, method: string, path: string, body?: object): Promise<unknown> {
  const answer = await send(app.sandbox.url, {
    method,
    path: `/_sandbox/${path}`,
    ...(body && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  })
  if (answer.status >= 300) throw new Error(`${answer.request}: ${answer.body.toString('utf8')}`)
  return answer.body.length > 0 ? json(answer) : undefined
}
