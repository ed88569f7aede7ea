import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { hasCode, TEMPORARY, writeAtomically } from '../files'

/** One event for one handler. */
export interface Delivery {
  /** Time-sortable, unique. */
  id: string
  handler: string
  sender: string
  topic: string
  subject: string
  /** The event's JSON, as it was sent. */
  body: string
  /** Milliseconds since the epoch. */
  acceptedAt: number
}

const SUFFIX = '.json'

/** Unacknowledged deliveries, one file each; they survive a restart. */
export class DeliveryQueue {
  private sequence = 0

  constructor(private readonly directory: string) {}

  /** Loads all deliveries on disk, oldest first, and removes half-written files. */
  async load(): Promise<Delivery[]> {
    await mkdir(this.directory, { recursive: true })
    const names = (await readdir(this.directory)).sort()
    await Promise.all(
      names
        .filter((name) => name.endsWith(TEMPORARY))
        .map((name) => rm(join(this.directory, name), { force: true }))
    )
    const deliveries: Delivery[] = []
    for (const name of names.filter((each) => each.endsWith(SUFFIX))) {
      const content = await this.read(name)
      if (content !== undefined) deliveries.push(JSON.parse(content))
    }
    return deliveries
  }

  /** Stores a delivery; when this resolves, it survives a restart. */
  async store(delivery: Omit<Delivery, 'id'>): Promise<Delivery> {
    const order = String(this.sequence++ % 1e6).padStart(6, '0')
    const id = `${delivery.acceptedAt}-${order}-${randomBytes(4).toString('hex')}`
    const stored = { id, ...delivery }
    await writeAtomically(this.fileOf(id), JSON.stringify(stored))
    return stored
  }

  async remove(id: string): Promise<void> {
    await rm(this.fileOf(id), { force: true }).catch((error) => {
      if (!hasCode(error, 'ENOENT')) {
        throw error
      }
    })
  }

  // The previous process may still be removing a delivery that it acknowledged last.
  private async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.directory, name), 'utf8')
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return undefined
      throw error
    }
  }

  private fileOf(id: string): string {
    return join(this.directory, `${id}${SUFFIX}`)
  }
}
