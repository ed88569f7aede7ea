import { z } from 'zod'

import { UpstreamError } from '../clients/upstreamError'
import { DeliveryError } from '../delivery/delivery'
import { SettingsError } from '../settings/settings'
import type { Documents } from '../state/documents'
import { ScopeError } from './engine'

const setbackSchema = z.object({
  v: z.literal(1),
  step: z.string(),
  code: z.string(),
  message: z.string(),
})

/** Which step of an export failed last, and why. @throws {StateError} */
export async function lastSetback(documents: Documents, exportId: string) {
  const names = await documents.list('setbacks', `${exportId}~`)
  const latest = names[names.length - 1]
  const parsed = setbackSchema.safeParse(latest && (await documents.read('setbacks', latest)))
  const unknown = { step: '', code: 'setbacks', message: 'its reason cannot be read' }
  const { step, code, message } = parsed.data ?? unknown
  return { step, code, message: `gave up after ten minutes without getting on: ${message}` }
}

/** What will go wrong again until a person changes something; anything else may pass. */
export const isFinal = (thrown: unknown) =>
  thrown instanceof SettingsError ||
  thrown instanceof ScopeError ||
  (thrown instanceof UpstreamError && thrown.trouble === 'refused') ||
  (thrown instanceof DeliveryError && thrown.final)
