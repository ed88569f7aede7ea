import type { ServerConfig } from 'ssh2'

/** A way to prove who one is. */
export type Method = 'password' | 'publickey' | 'keyboard-interactive'

/** How servers in the wild differ from a plain one. What is absent is as at a plain one. */
export interface SftpHabits {
  /** Private keys of the server beside its own, which is shown where a client asks for no other type. */
  otherHostKeys?: string[]
  algorithms?: ServerConfig['algorithms']
  /** Lines before the protocol begins. */
  greeting?: string
  /** A text that is shown before the login. */
  banner?: string
  /** Which methods let in, one after the other: as AuthenticationMethods of OpenSSH. */
  logIns?: Method[][]
  /** What is asked at a keyboard-interactive login; the first answer is the password. */
  prompts?: string[]
  /** How many sessions may be open at a time. */
  sessions?: number
  /** What a user gets who asks for SFTP: refused, or what a login script prints. */
  service?: 'none' | 'text'
  /** Milliseconds without a request, once a file was renamed, after which a connection is cut. */
  idle?: number
  /** Where relative paths begin. */
  home?: string
  /** A Windows server: the letter of the one drive that it has. */
  drive?: string
  /** What a rename meets; `late`: done, and answered when the client is gone. */
  rename?: 'unsupported' | 'denied' | 'late'
  /** Whether nobody may list a folder, or look whether a file is there. */
  blind?: boolean
}
