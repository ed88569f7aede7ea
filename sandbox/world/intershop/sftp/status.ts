import { utils } from 'ssh2'

const { STATUS_CODE } = utils.sftp

/** The SFTP 3 status of a failed file operation, as OpenSSH's server returns it. */
export function statusOf(error: unknown): number {
  // Not instanceof: in jest, node's errors are of another realm.
  const { code } = (error ?? {}) as { code?: unknown }
  if (code === 'ENOENT' || code === 'ENOTDIR') return STATUS_CODE.NO_SUCH_FILE
  if (code === 'EACCES' || code === 'EPERM') return STATUS_CODE.PERMISSION_DENIED
  // Version 3 has no status for "exists already", "not empty" or "disk full".
  return STATUS_CODE.FAILURE
}
