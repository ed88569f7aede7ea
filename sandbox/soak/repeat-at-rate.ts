/** Calls `act` `perSecond` times a second; returns a function that stops it. */
export function repeatAtRate(perSecond: number, act: () => void): () => void {
  const startedAt = Date.now()
  let done = 0
  const timer = setInterval(() => {
    // Timers are late on a busy machine: missed calls are made up for.
    const due = ((Date.now() - startedAt) * perSecond) / 1_000
    for (; done < due; done++) act()
  }, 1_000 / perSecond)
  return () => clearInterval(timer)
}
