import type { Sandbox, SandboxFaults } from '../sandbox'

/** Faults that rage over a sandbox until they are cleared. */
export interface Weather {
  /** Faults that are spent after a few times strike anew. */
  renew(): void
  /** All is well again. */
  clear(): void
  /** Faults injected, by kind; calls that only took longer are none. */
  injected(): Record<string, number>
}

/** Lets `faults` loose on a sandbox that has none. */
export function startWeather(sandbox: Sandbox, faults: SandboxFaults): Weather {
  const { platform, intershop } = sandbox
  const calm = {
    courier: { ...platform.courier.behaviour },
    vbase: { ...platform.vbase.behaviour },
    sftp: { ...intershop.sftp.faults },
  }
  let cuts = 0
  const spent = () => (faults.sftp?.cuts ?? 0) - intershop.sftp.faults.cuts
  for (const rule of faults.calls ?? []) platform.faults.add(rule)
  Object.assign(platform.courier.behaviour, faults.courier)
  Object.assign(platform.vbase.behaviour, faults.vbase)
  Object.assign(intershop.sftp.faults, faults.sftp)
  return {
    renew: () => {
      cuts += spent()
      Object.assign(intershop.sftp.faults, faults.sftp)
    },
    clear: () => {
      cuts += spent()
      platform.faults.clear()
      Object.assign(platform.courier.behaviour, calm.courier)
      Object.assign(platform.vbase.behaviour, calm.vbase)
      Object.assign(intershop.sftp.faults, calm.sftp)
    },
    injected: () => {
      const { doubled, lost } = platform.courier.counts
      const { latency: _slow, ...calls } = platform.faults.injected()
      const counts = {
        ...calls,
        'event doubled': doubled,
        'event lost': lost,
        'upload cut': cuts,
      }
      return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
    },
  }
}
