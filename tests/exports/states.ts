import { END } from '../../node/exports/documentNames'
import {
  type ExportState,
  nextStep,
  type SourceState,
  TIMEOUT_MS,
} from '../../node/exports/nextStep'
import type { SourceName } from '../../node/sources/source'

export const NOW = Date.UTC(2026, 10, 21, 20)
export const ALL = { from: 0, to: END }

export const reading = (source: SourceName, more: Partial<SourceState> = {}): SourceState => ({
  ...{ source, listed: true, basis: 'f.n', gap: ALL, attempts: [], final: false },
  ...more,
})

export const state = (exportId: string, more: Partial<ExportState> = {}): ExportState => ({
  exportId,
  small: false,
  cancelled: false,
  planned: true,
  sources: [reading('own')],
  attempts: [],
  ...more,
})

export const unplanned = { planned: false, sources: [] }

/** Failed attempts of an export or a source that was tried for ten minutes, the last one at a moment. */
export const setbacksUntil = (last: number): number[] =>
  Array.from({ length: TIMEOUT_MS / 60_000 + 1 }, (_, index) => last - index * 60_000).reverse()

/** The step that comes next in a line of these exports. */
export const after = (states: ExportState[], recent: string[] = []) =>
  nextStep({ now: NOW, exports: states, recent })
