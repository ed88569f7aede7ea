import { TaskCancelledError } from 'cockatiel'
import { utils } from 'ssh2'

const { STATUS_CODE } = utils.sftp

export type SftpErrorKind =
  | 'auth' // user, password or key were not accepted
  | 'hostKey' // the server is not the one that is expected
  | 'algorithms' // the server offers only algorithms that are not allowed
  | 'path' // the directory is not there or may not be written
  | 'unsupported' // the server lacks an operation that a delivery needs
  | 'down' // no connection, a cut one, a full disk, or anything else that may pass

/** A failed operation at an SFTP server. The message contains no secret and no text from the server. */
export class SftpError extends Error {
  constructor(
    readonly kind: SftpErrorKind,
    message: string,
    /** There is no file or directory of that name. */
    readonly isMissing = false
  ) {
    super(message)
  }
}

export const isMissing = (thrown: unknown): thrown is SftpError =>
  thrown instanceof SftpError && thrown.isMissing

export function stepError(what: string, thrown: unknown): SftpError {
  const { code } = (thrown ?? {}) as { code?: unknown }
  if (code === STATUS_CODE.NO_SUCH_FILE) {
    return new SftpError('path', `${what}: no such file or directory`, true)
  }
  if (code === STATUS_CODE.PERMISSION_DENIED) {
    return new SftpError('path', `${what}: permission denied`)
  }
  if (code === STATUS_CODE.OP_UNSUPPORTED) {
    return new SftpError('unsupported', `${what}: the server does not support it`)
  }
  return new SftpError('down', `${what} failed${reasonOf(thrown)}`)
}

/** The reason in the app's own words or a system error code, never the server's text. */
export function reasonOf(thrown: unknown): string {
  const { code, level } = (thrown ?? {}) as { code?: unknown; level?: unknown }
  if (typeof code === 'string' && /^E[A-Z_]{2,30}$/.test(code)) return ` (${code})`
  // SFTP version 3 has one code for a full disk, an existing file and everything else.
  if (code === STATUS_CODE.FAILURE) return ' (the server gives no reason; its disk may be full)'
  const isLate = thrown instanceof TaskCancelledError || level === 'client-timeout'
  if (isLate) return ' (timed out)'
  return thrown instanceof EndedError || level === 'protocol' ? ' (the server closed it)' : ''
}

/** Either side ended the connection. */
export class EndedError extends Error {}
