import { z } from 'zod'
import { type ErrorSummary, errorCodeSchema } from '../common/errors'
import { isOfKind } from '../common/upstreamError'
import { DeliveryError } from '../delivery/publisher'
import { SettingsError } from '../settings/settings'
import { SourceRefusedError } from '../sources/itemFailure'
import type { SourceName } from '../sources/source'
import type { Documents } from '../state/documents'
import { attemptNames } from './documentNames'
import { ScopeError } from './engine'
import { isAbandoned, type SourceState } from './nextStep'

const attemptSchema = z.object({ v: z.literal(1), code: errorCodeSchema, message: z.string() })

/** The error of the last failed attempt of an export, or of one of its sources. @param isOver it is not tried again */
export async function lastFailedAttempt(
  documents: Documents,
  exportId: string,
  isOver: boolean,
  source?: SourceName
): Promise<ErrorSummary> {
  const names = await documents.list('attempts', attemptNames.prefix(exportId))
  const own = names.flatMap((name) => attemptNames.parse(name) ?? [])
  const last = own.filter((name) => name.source === source).pop()
  const document = last && (await documents.read('attempts', attemptNames.build(last)))
  const unknown: ErrorSummary = { code: 'attempts', message: 'its reason cannot be read' }
  const { code, message } = attemptSchema.safeParse(document).data ?? unknown
  const prefix = isOver && !last?.final ? 'abandoned after ten minutes without progress: ' : ''
  return { code, message: prefix + message }
}

/** Why a source was abandoned. */
export interface Reason {
  source: SourceName
  error: ErrorSummary
}

/** The reason of each abandoned source. */
export function reasonsOf(
  documents: Documents,
  exportId: string,
  sources: readonly SourceState[]
): Promise<Reason[]> {
  const reasonOf = async ({ source }: SourceState) => {
    return { source, error: await lastFailedAttempt(documents, exportId, true, source) }
  }
  return Promise.all(sources.filter(isAbandoned).map(reasonOf))
}

/** Whether an error is permanent until someone changes something. Any other may be temporary. */
export const isFinal = (thrown: unknown) =>
  thrown instanceof SettingsError ||
  thrown instanceof ScopeError ||
  isRefused(thrown) ||
  (thrown instanceof DeliveryError && thrown.final)

/** Whether an upstream refuses the app access. */
export const isRefused = (thrown: unknown) =>
  thrown instanceof SourceRefusedError || isOfKind(thrown, 'refused')
