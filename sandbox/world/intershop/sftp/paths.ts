import { join, posix } from 'path'

/** Resolves `.` and `..` in an SFTP path, never above the root. */
export function absolute(path: string): string {
  return posix.normalize(`/${path}`).replace(/(.)\/$/, '$1')
}

/** The path on disk of an SFTP path, always inside `root`. */
export function onDisk(root: string, path: string): string {
  if (path.includes('\0'))
    throw Object.assign(new Error('a path must not contain NUL'), { code: 'EINVAL' })
  return join(root, absolute(path))
}
