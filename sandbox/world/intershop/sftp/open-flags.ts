import { constants } from 'fs'
import { utils } from 'ssh2'

const { OPEN_MODE } = utils.sftp

/** Maps the flags of an SFTP OPEN request to those of the file system, including EXCL. */
export function openFlags(flags: number): number {
  const has = (mode: number) => (flags & mode) !== 0
  let opened: number = constants.O_RDONLY
  if (has(OPEN_MODE.WRITE)) opened = has(OPEN_MODE.READ) ? constants.O_RDWR : constants.O_WRONLY
  if (has(OPEN_MODE.APPEND)) opened |= constants.O_APPEND
  if (has(OPEN_MODE.CREAT)) opened |= constants.O_CREAT
  if (has(OPEN_MODE.TRUNC)) opened |= constants.O_TRUNC
  if (has(OPEN_MODE.EXCL)) opened |= constants.O_EXCL
  return opened
}
