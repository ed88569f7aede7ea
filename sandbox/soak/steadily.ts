/** Does something `perSecond` times a second until the function that it answers is called. */
export function steadily(perSecond: number, act: () => void): () => void {
  const startedAt = Date.now()
  let done = 0
  const timer = setInterval(() => {
    // A machine that is busy makes timers late: what is due is made up for.
    const due = ((Date.now() - startedAt) * perSecond) / 1_000
    for (; done < due; done++) act()
  }, 1_000 / perSecond)
  return () => clearInterval(timer)
}
