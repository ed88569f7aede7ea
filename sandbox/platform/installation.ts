import { readFile } from 'node:fs/promises'
import type { Courier } from './courier/courier'
import { hasCode, writeAtomically } from './files'

/** Where the body says which app it was: `{from, to: {id}}`, or `{id}` (VTEX IO: documented nowhere). */
export type SetupShape = 'to' | 'id'

/** VTEX IO's event of an installation: sender `apps`, topic `setup`. */
export class Installation {
  constructor(
    private readonly app: { id: string },
    /** Holds the id of the version that was installed last. */
    private readonly file: string,
    private readonly courier: Pick<Courier, 'send'>
  ) {}

  /** Tells of this version's installation once in the life of the state; a kill in between tells twice. */
  async first(): Promise<void> {
    const before = await this.installed()
    if (before === this.app.id) return
    await this.tell(undefined, undefined, before)
    await writeAtomically(this.file, this.app.id)
  }

  /** Tells of an installation, the app's own or another one's: VTEX IO may tell of any. */
  async tell(id = this.app.id, shape: SetupShape = 'to', before?: string): Promise<void> {
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
