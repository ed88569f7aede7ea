import type { Sandbox, SandboxFaults } from '../sandbox'

/** Faults that are active in a sandbox until they are cleared. */
export interface ActiveFaults {
  /** Activates faults again that are limited to a number of times. */
  renew(): void
  /** Removes all faults. */
  clear(): void
  /** Number of injected faults by kind, without added latency. */
  injected(): Record<string, number>
}

/** Activates `faults` in a sandbox that has none. */
export function startChaosSchedule(sandbox: Sandbox, faults: SandboxFaults): ActiveFaults {
  const { platform, intershop } = sandbox
  const before = {
    courier: { ...platform.courier.behaviour },
    vbase: { ...platform.vbase.behaviour },
    sftp: { ...intershop.sftp.faults },
  }
  let cuts = 0
  const newCuts = () => (faults.sftp?.cuts ?? 0) - intershop.sftp.faults.cuts
  for (const rule of faults.calls ?? []) platform.faults.add(rule)
  Object.assign(platform.courier.behaviour, faults.courier)
  Object.assign(platform.vbase.behaviour, faults.vbase)
  Object.assign(intershop.sftp.faults, faults.sftp)
  return {
    renew: () => {
      cuts += newCuts()
      Object.assign(intershop.sftp.faults, faults.sftp)
    },
    clear: () => {
      cuts += newCuts()
      platform.faults.clear()
      Object.assign(platform.courier.behaviour, before.courier)
      Object.assign(platform.vbase.behaviour, before.vbase)
      Object.assign(intershop.sftp.faults, before.sftp)
    },
    injected: () => {
      const { doubled, lost } = platform.courier.counts
      const { latency: _latency, ...requests } = platform.faults.injected()
      const counts = {
        ...requests,
        'event doubled': doubled,
        'event lost': lost,
        'upload cut': cuts,
      }
      return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0))
    },
  }
}
