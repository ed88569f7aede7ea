import { TOKEN } from '../../../sandbox/sandbox'
import { App } from './app'

export const UPDATE = 'intershop-stock-update'
export const FULL = 'intershop-stock-full'
/** Never while a test runs: calls are made by hand. */
export const SELDOM = { updateSchedule: '0 0 1 1 *', fullSchedule: '30 0 1 1 *' }

/** The app with schedules, and VTEX's scheduler as it stands. */
export class Scheduled {
  private constructor(readonly app: App) {}

  static async start(): Promise<Scheduled> {
    return new Scheduled(await App.start({ skus: 12, settings: SELDOM }))
  }

  entries() {
    return this.app.platform.scheduler
      .list()
      .map(({ entry }) => entry)
      .sort((a, b) => (a.id > b.id ? -1 : 1))
  }

  /** What VTEX's scheduler is to do, by the ids of its entries. */
  expressions() {
    return Object.fromEntries(this.entries().map(({ id, scheduler }) => [id, scheduler.expression]))
  }

  tokens() {
    return this.entries().map(({ request }) => request.headers?.token)
  }

  /** How often the app called the scheduler. */
  calls(): number {
    return this.app.platform.requests.total('scheduler')
  }

  /** Makes an entry's call now; answers the app's status. */
  async run(id: string): Promise<number | undefined> {
    const { scheduler } = this.app.platform
    const found = scheduler.list().find(({ entry }) => entry.id === id)
    if (!found) throw new Error(`there is no entry ${id}`)
    return (await scheduler.run(found)).status
  }

  /** Any request at all, refused or not. */
  anyRequest() {
    return this.app.send('GET', 'exports', { token: TOKEN })
  }

  /** Saves settings, and lets nobody but a next request tell the app's workers. */
  async configure(changes: Record<string, unknown>): Promise<void> {
    await this.app.idle()
    await this.app.configure(changes)
  }
}
