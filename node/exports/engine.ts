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

/** What the engine works with. It knows no HTTP, no VTEX and no SFTP. */
export interface Dependencies {
  documents: Documents
  /** Whose documents they are. */
  workspace: string
  clock: Clock
  log: Log
  /** What was reported changed lately, as it is known now. @throws {StateError} */
  changeIndex(): Promise<ChangeIndex>
  /** The settings in force. @throws {SettingsError} and whatever reading them may throw */
  settings(): Promise<Settings>
  /**
   * Where the offers of an export are read.
   * @param now moments for offers, UTC milliseconds
   * @throws {ScopeError} where there is none
   */
  sources(request: ExportRequest, settings: Settings, now: () => number): Sources
  /** The way to Intershop; asked for once by each run. */
  delivery(settings: Settings): Promise<Publisher>
  /** How this process gets on with each upstream of an export. */
  traffic(): Record<string, LimiterState>
  /** SKUs or rows in a slice, at most. */
  mostSkus: number
  /** Asks courier for another run. @throws where courier did not accept it */
  requestRun(event: WorkEvent): Promise<void>
}

/** What an event of ours says. */
export interface WorkEvent {
  v: 1
  /** Its own word: courier delivers the same event again when its worker died. */
  id: string
  /** Changes are to be compacted further. */
  compact?: boolean | undefined
}

/** What an export asks for cannot be had. */
export class ScopeError extends AppError {
  readonly code = 'scope_unavailable'
}
