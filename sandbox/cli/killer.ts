import type { Sandbox } from '../sandbox'

/** Kills the workers one after the other with SIGKILL; answers how to stop, which tells how many. */
export function startKiller({ platform }: Sandbox, seconds: number | undefined): () => number {
  if (seconds === undefined) return () => 0
  let kills = 0
  const timer = setInterval(() => {
    platform.replicas.kill(kills % platform.replicas.count)
    kills++
  }, seconds * 1000)
  return () => {
    clearInterval(timer)
    return kills
  }
}
