import { setTimeout as sleep } from 'timers/promises'

/** How long, and how often, in milliseconds. */
export interface Timeout {
  /** Generous: it is there to end a test that will not pass, and no test passes for being quick. */
  atMost: number
  every: number
}

const USUAL: Timeout = { atMost: 100_000, every: 100 }

/**
 * Looks again and again until `look` finds something.
 * @param what is waited for, for the message of the error when it does not come
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  { atMost, every }: Timeout = USUAL
): Promise<T> {
  const end = Date.now() + atMost
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`)
    await sleep(every)
  }
}

/** Looks again and again until `holds` says true. */
export async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
  await eventually(what, async () => ((await holds()) ? true : undefined))
}
