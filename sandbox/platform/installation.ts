import { readFile } from 'node:fs/promises'
import type { Courier } from './courier/courier'
import { hasCode, writeAtomically } from './files'

/** Shape of the event's body: `{from, to: {id}}` or `{id}` (VTEX IO: undocumented). */
export type SetupShape = 'to' | 'id'

/** VTEX IO's installation event: sender `apps`, topic `setup`. */
export class Installation {
  constructor(
    private readonly app: { id: string },
    /** Contains the id of the last installed version. */
    private readonly file: string,
    private readonly courier: Pick<Courier, 'send'>
  ) {}

  /** Sends the event once per version and state; twice if the process is killed in between. */
  async notifyOnce(): Promise<void> {
    const before = await this.installed()
    if (before === this.app.id) return
    await this.notify(undefined, undefined, before)
    await writeAtomically(this.file, this.app.id)
  }

  /** Sends the event for the app itself or another app: VTEX IO may send both. */
  async notify(id = this.app.id, shape: SetupShape = 'to', before?: string): Promise<void> {
    const from = before === undefined ? null : { id: before }
    const body = shape === 'id' ? { id } : { from, to: { id } }
    await this.courier.send({ sender: 'apps', topic: 'setup', body: JSON.stringify(body) })
  }

  private async installed(): Promise<string | undefined> {
    try {
      return await readFile(this.file, 'utf8')
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined
      throw error
    }
  }
}
