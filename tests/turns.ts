/**
 * Resolves once everything that answers at once has answered, also a computation that takes several turns. Time
 * that is played must not pass meanwhile.
 */
export async function untilTurnsEnd(): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve))
  while (process.getActiveResourcesInfo().includes('Immediate'))
}
