import { z } from 'zod'
import { errorCodeSchema } from '../common/errorCodes'
import type { ErrorSummary } from '../common/errors'
import { UpstreamError } from '../common/upstreamError'
import { DeliveryError } from '../delivery/delivery'
import { SettingsError } from '../settings/settings'
import { SourceRefusedError } from '../sources/itemFailure'
import type { SourceName } from '../sources/source'
import type { Documents } from '../state/documents'
import { ScopeError } from './engine'
import { setbackNames } from './names'

const setbackSchema = z.object({ v: z.literal(1), code: errorCodeSchema, message: z.string() })

/**
 * Why a step of an export, or of one of its sources, failed last.
 * @param isOver it is not tried any more
 * @throws {StateError}
 */
export async function lastSetback(
  documents: Documents,
  exportId: string,
  isOver: boolean,
  source?: SourceName
): Promise<ErrorSummary> {
  const names = await documents.list('attempts', setbackNames.prefix(exportId))
  const own = names.flatMap((name) => setbackNames.parse(name) ?? [])
  const last = own.filter((name) => name.source === source).pop()
  const document = last && (await documents.read('attempts', setbackNames.build(last)))
  const unknown: ErrorSummary = { code: 'attempts', message: 'its reason cannot be read' }
  const { code, message } = setbackSchema.safeParse(document).data ?? unknown
  const gaveUp = isOver && !last?.final ? 'gave up after ten minutes without getting on: ' : ''
  return { code, message: gaveUp + message }
}

/** What will go wrong again until a person changes something; anything else may pass. */
export const isFinal = (thrown: unknown) =>
  thrown instanceof SettingsError ||
  thrown instanceof ScopeError ||
  isRefused(thrown) ||
  (thrown instanceof DeliveryError && thrown.final)

/** An upstream that does not let the app in. */
export const isRefused = (thrown: unknown) =>
  thrown instanceof SourceRefusedError ||
  (thrown instanceof UpstreamError && thrown.kind === 'refused')
