import { join, posix } from 'path'

/** An SFTP path made absolute: `.` and `..` resolved, never above the root. */
export function absolute(path: string, home = '/'): string {
  return posix.normalize(path.startsWith('/') ? path : `/${home}/${path}`).replace(/(.)\/$/, '$1')
}

/** The path on disk of an SFTP path, always inside `root`. */
export function onDisk(root: string, path: string): string {
  if (path.includes('\0'))
    throw Object.assign(new Error('a path must not contain NUL'), { code: 'EINVAL' })
  return join(root, absolute(path))
}

/** A path of a Windows server without its drive: it knows no other drive, and a backslash is part of no name. */
export function withoutDrive(path: string, drive: string): string {
  const isOfDrive = !path.startsWith('/') || path.toUpperCase().startsWith(`/${drive}:`)
  if (path.includes('\\') || !isOfDrive) {
    throw Object.assign(new Error('no such path'), { code: 'ENOENT' })
  }
  return path.startsWith('/') ? `/${path.slice(3)}` : path
}
