import type { Sandbox } from '../sandbox'

/** Kills one worker every `seconds` (SIGKILL, round robin); returns a function that stops it and counts the kills. */
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
