import { z } from 'zod'

import { UpstreamError } from '../clients/upstreamError'
import { DeliveryError } from '../delivery/delivery'
import { SettingsError } from '../settings/settings'
import { SourceRefusedError } from '../sources/concernsAll'
import type { SourceName } from '../sources/source'
import type { Documents } from '../state/documents'
import { ScopeError } from './engine'
import { parseSetbackPath, setbackPath } from './names'

const setbackSchema = z.object({
  v: z.literal(1),
  step: z.string(),
  code: z.string(),
  message: z.string(),
})

/** Which step of an export, or of one of its sources, failed last, and why. @throws {StateError} */
export async function latestSetback(documents: Documents, exportId: string, source?: SourceName) {
  const names = await documents.list('setbacks', `${exportId}~`)
  const own = names.map(parseSetbackPath).filter((name) => name && name.source === source)
  const last = own[own.length - 1]
  const latest = last && setbackPath(last)
  const parsed = setbackSchema.safeParse(latest && (await documents.read('setbacks', latest)))
  const unknown = { step: '', code: 'setbacks', message: 'its reason cannot be read' }
  const { step, code, message } = parsed.data ?? unknown
  return { step, code, message, final: last?.final === true }
}

/** Why an export, or one of its sources, is not tried any more. @throws {StateError} */
export async function lastSetback(documents: Documents, exportId: string, source?: SourceName) {
  const { step, code, message, final } = await latestSetback(documents, exportId, source)
  const reason = final ? message : `gave up after ten minutes without getting on: ${message}`
  return { step, code, message: reason }
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
  (thrown instanceof UpstreamError && thrown.trouble === 'refused')
