import { utils } from 'ssh2'

const { STATUS_CODE } = utils.sftp

/** SFTP version 3's status for a failed file operation, as OpenSSH's server answers it. */
export function statusOf(error: unknown): number {
  // Not instanceof: an error of node's own is of another realm in jest.
  const { code } = (error ?? {}) as { code?: unknown }
  if (code === 'ENOENT' || code === 'ENOTDIR') return STATUS_CODE.NO_SUCH_FILE
  if (code === 'EACCES' || code === 'EPERM') return STATUS_CODE.PERMISSION_DENIED
  // Version 3 has no word for "exists already", "not empty" or "disk full".
  return STATUS_CODE.FAILURE
}
