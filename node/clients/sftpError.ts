/**
 * What went wrong between the app and an SFTP server:
 * - `auth`: user, password or key were not accepted
 * - `hostKey`: the server is not the one that is expected
 * - `algorithms`: the server offers only algorithms that are not allowed
 * - `path`: the directory is not there or may not be written
 * - `unsupported`: the server lacks an operation that a delivery needs
 * - `down`: no connection, a cut one, a full disk, or anything else that may pass
 */
export type SftpErrorKind = 'auth' | 'hostKey' | 'algorithms' | 'path' | 'unsupported' | 'down'

/** A failed step at an SFTP server. Its message has no secret, and no text of the server's. */
export class SftpError extends Error {
  constructor(
    readonly kind: SftpErrorKind,
    message: string
  ) {
    super(message)
  }
}
