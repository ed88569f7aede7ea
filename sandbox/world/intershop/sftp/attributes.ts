import type { Stats } from 'fs'
import type { Attributes } from 'ssh2'

/** A file's attributes as SFTP sends them, times in seconds. */
export function attributesOf(stats: Stats): Attributes {
  return {
    mode: stats.mode,
    uid: stats.uid,
    gid: stats.gid,
    size: stats.size,
    atime: Math.floor(stats.atimeMs / 1000),
    mtime: Math.floor(stats.mtimeMs / 1000),
  }
}

/** The `ls -l` line of a directory entry; clients read the file type from its first letter. */
export function longNameOf(name: string, stats: Stats): string {
  const type = stats.isDirectory() ? 'd' : '-'
  const day = stats.mtime.toISOString().slice(0, 10)
  return `${type}rw-r--r-- 1 intershop intershop ${stats.size} ${day} ${name}`
}
