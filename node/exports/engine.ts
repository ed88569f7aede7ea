import type { ChangeIndex } from '../changes/changeIndex'
import type { Clock } from '../common/clock'
import { AppError } from '../common/errors'
import type { Log } from '../common/logger'
import type { Publisher } from '../delivery/publisher'
import type { Settings } from '../settings/settings'
import type { Sources } from '../sources/source'
import type { Documents } from '../state/documents'
import type { LimiterState } from '../throttling/limiter'
import type { ExportRequest } from './exportRequest'

/** What the engine needs. It knows no HTTP, no VTEX and no SFTP. */
export interface Dependencies {
  documents: Documents
  /** The VTEX workspace that the documents belong to. */
  workspace: string
  clock: Clock
  log: Log
  /** When SKUs were last reported as changed. */
  changeIndex(): Promise<ChangeIndex>
  /** The settings in force. @throws {SettingsError} and what reading them throws */
  settings(): Promise<Settings>
  /** The sources of an export. @param now the time that offers are given @throws {ScopeError} where it has none */
  sources(request: ExportRequest, settings: Settings, now: () => number): Sources
  /** The publisher to Intershop. @param isCheck it changes no state: it does not remember the server's host key */
  delivery(settings: Settings, isCheck?: boolean): Promise<Publisher>
  /** The limiter of each upstream of an export, in this process. */
  traffic(): Record<string, LimiterState>
  /** SKUs or rows in a batch, at most. */
  mostSkus: number
  /** Sends a work event to courier. @throws where courier does not accept it */
  requestRun(event: WorkEvent): Promise<void>
}

export interface WorkEvent {
  v: 1
  /** Unique: courier delivers the same event again when its worker died. */
  id: string
  /** Changes are to be compacted further. */
  compact?: boolean | undefined
}

/** The settings have no source for the scope of an export. */
export class ScopeError extends AppError {
  readonly code = 'scope_unavailable'
}
