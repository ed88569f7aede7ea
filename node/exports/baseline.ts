import type { Documents } from '../state/documents'
import type { Line } from './line'
import type { ExportRequest } from './scope'

/**
 * An update exports what changed since, so there must be something since which. The first one exports
 * everything, and so does the first after a change of the settings that decide what an offer says.
 */

/** Whether an export of everything ended well, with the settings in force. @throws {StateError} */
export async function hasBaseline(documents: Documents, fingerprint: string): Promise<boolean> {
  return (await documents.list('baseline', `${fingerprint}~`)).length > 0
}

/** Whether such an export is under way: then what it reads needs no second one. A dry run is none. */
export const isBaselineUnderWay = ({ requests, plans }: Line, but: string): boolean =>
  [...plans].some(([exportId, { everything }]) => {
    const request = requests.get(exportId)
    return (
      exportId !== but && everything && request !== undefined && !request.dry && readsAll(request)
    )
  })

/** Remembers that everything was exported with these settings. @throws {StateError} */
export async function saveBaseline(documents: Documents, fingerprint: string, exportId: string) {
  if (await hasBaseline(documents, fingerprint)) return
  await documents.save('baseline', `${fingerprint}~${exportId}`, { v: 1 })
}

/** What is exported from now on may differ from what was with other settings. @throws {StateError} */
export async function forgetOtherBaselines(documents: Documents, fingerprint: string) {
  const others = (await documents.list('baseline')).filter(
    (name) => !name.startsWith(`${fingerprint}~`)
  )
  for (const name of others) await documents.remove('baseline', name)
}

/** Whether a request, where it is not narrowed to changes, is for all offers there are. */
export const readsAll = ({ route }: ExportRequest) => route === 'export' || route === 'update'
