import { z } from 'zod'

import type { Documents } from '../state/documents'

const setbackSchema = z.object({
  v: z.literal(1),
  step: z.string(),
  code: z.string(),
  message: z.string(),
})

/** Why the latest step of an export that failed did. @throws {StateError} */
export async function lastSetback(documents: Documents, exportId: string) {
  const names = await documents.list('setbacks', `${exportId}~`)
  const latest = names[names.length - 1]
  const parsed = setbackSchema.safeParse(latest && (await documents.read('setbacks', latest)))
  const { code, message } = parsed.data ?? {
    code: 'setbacks',
    message: 'its reason cannot be read',
  }
  return { code, message: `gave up after ten minutes without getting on: ${message}` }
}
