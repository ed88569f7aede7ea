import { join, posix } from 'path'

/** An SFTP path made absolute: `.` and `..` resolved, never above the root. */
export function absolute(path: string): string {
  return posix.normalize(`/${path}`).replace(/(.)\/$/, '$1')
}

/** Where an SFTP path lies on disk: always inside `root`. */
export function onDisk(root: string, path: string): string {
  if (path.includes('\0')) throw Object.assign(new Error('a path holds no NUL'), { code: 'EINVAL' })
  return join(root, absolute(path))
}
