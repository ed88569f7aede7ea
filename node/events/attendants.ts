/** An event on its way through this process. */
interface Arrival {
  /** Whether a worker, of any process, works for this very event. */
  isAtWork(): Promise<boolean>
  /** @param leaving to be called before the last look at what there is to do */
  work(leaving: () => void): Promise<'done' | 'again'>
}

/**
 * Keeps events from piling up: one of each account attends in this process, and while it does, others are done
 * with at once. The one that attends is not acknowledged yet, so courier delivers it again should the process die,
 * and it will look once more at what there is to do.
 */
export class Attendants {
  /** Events, by account. */
  private readonly attending = new Map<string, { event: string }>()

  /** @returns `again` when courier is to deliver the event once more; `done` when it may be acknowledged */
  async attend(key: string, event: string, { isAtWork, work }: Arrival): Promise<'done' | 'again'> {
    for (let other = this.attending.get(key); other; other = this.attending.get(key)) {
      // A second copy: acknowledged, courier would not deliver the first one again.
      if (other.event === event || (await isAtWork())) return 'again'
      if (this.attending.get(key) === other) return 'done'
    }
    const own = { event }
    this.attending.set(key, own)
    const leaving = () => {
      if (this.attending.get(key) === own) this.attending.delete(key)
    }
    try {
      return await work(leaving)
    } finally {
      leaving()
    }
  }
}
