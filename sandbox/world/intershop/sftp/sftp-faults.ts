/** What goes wrong at the SFTP server. All off: `noSftpFaults`. */
export interface SftpFaults {
  /** New connections are closed at once. */
  refuse: boolean
  /** How many connections are cut in the middle of an upload. */
  cuts: number
  /** After how many uploaded bytes of a connection it is cut. */
  cutAfterBytes: number
  /** Writes fail as on a full disk. */
  diskFull: boolean
  /** Milliseconds before each request is answered. */
  delay: number
}

/** A server that works. */
export function noSftpFaults(): SftpFaults {
  return { refuse: false, cuts: 0, cutAfterBytes: 1, diskFull: false, delay: 0 }
}
