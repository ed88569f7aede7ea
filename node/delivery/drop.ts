import type { Listed } from '../clients/sftp'
import { secondOf } from '../common/clock'
import type { Drop } from './publisher'

/**
 * Counts the files of this app in a listing of its drop. Their age is that of the version in their names: clocks of
 * servers differ, and some show no times.
 * @param ours matches the names, with the version in its group
 * @param now UTC milliseconds
 */
export function dropOf({ files, isWhole }: Listed, ours: RegExp, now: number): Drop {
  const versions = files
    .map(({ name }) => secondOf(ours.exec(name)?.[1] ?? ''))
    .filter((version) => !Number.isNaN(version))
  const oldest = versions.reduce((least, version) => Math.min(least, version), now)
  return {
    files: versions.length,
    ...(versions.length > 0 && { oldestAgeSeconds: Math.floor((now - oldest) / 1_000) }),
    ...(!isWhole && { isPartial: true }),
    observedAt: now,
  }
}
