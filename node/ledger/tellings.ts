import { z } from 'zod'

import type { Documents } from '../state/documents'

/** SKUs of which Intershop is being told, under a name of their own. */
export interface Telling {
  name: string
  skuIds: readonly number[]
}

const tellingSchema = z.object({ v: z.literal(1), skuIds: z.array(z.number()) })

/**
 * Notes of which SKUs Intershop is about to be told: from now on the ledger does not know what it holds of them,
 * until what it was told is recorded. So a death in between leaves nothing behind that is believed.
 * @throws {StateError}
 */
export async function announce(documents: Documents, { name, skuIds }: Telling): Promise<void> {
  await documents.save('telling', name, { v: 1, skuIds })
}

/** The SKUs of which Intershop is being told, or was by a worker that died over it. @throws {StateError} */
export async function tellings(documents: Documents): Promise<Telling[]> {
  const names = await documents.list('telling')
  return Promise.all(
    names.map(async (name) => {
      const { data } = tellingSchema.safeParse(await documents.read('telling', name))
      return { name, skuIds: data?.skuIds ?? [] }
    })
  )
}
