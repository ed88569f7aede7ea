import type { Account } from '../account'
import { describe } from '../errors'
import { stampText } from '../exports/clock'
import { endedPath } from '../exports/names'
import { realClock } from '../exports/realClock'
import type { ExportRequest, Scope } from '../exports/scope'
import type { Log } from '../logging'
import { HttpError, unavailable } from '../middlewares/httpError'
import { type Documents, StateError } from '../state/documents'

const MOST_WAITING = 32

/** How an export is asked for, besides its scope. */
export type Manner = Pick<ExportRequest, 'dry' | 'dryRun' | 'force'>

/** What accepting an export needs. */
export type Acceptance = Pick<Account, 'documents' | 'log' | 'wake' | 'stir' | 'now'>

/**
 * Makes a request durable: once this returns, the export will end, whatever dies.
 * @throws {HttpError} 429 when too many wait, 503 when it could not be made durable: nothing is accepted
 */
export async function accept(
  { documents, log, wake, stir, now }: Acceptance,
  route: ExportRequest['route'],
  scope: Scope,
  manner: Manner
): Promise<ExportRequest> {
  const waiting = await documents.list('exports')
  if (waiting.length >= MOST_WAITING) {
    // Should courier have lost the events of all that wait, nobody else would ever wake the line.
    await stir()
    throw new HttpError(429, 'too_many_exports', `${waiting.length} exports wait already`, {
      'retry-after': '60',
    })
  }
  const acceptedAt = now()
  const exportId = `${stampText(acceptedAt)}-${realClock.nonce()}`
  const request: ExportRequest = { v: 1, exportId, route, scope, acceptedAt, ...manner }
  try {
    await documents.save('exports', exportId, request)
    await wake({ v: 1, id: realClock.nonce() })
  } catch (thrown) {
    if (await isWithdrawn(documents, exportId, log)) {
      log.error('export.refused', { exportId, reason: describe(thrown).message })
      const failed = thrown instanceof StateError ? 'saved' : 'queued'
      throw unavailable('not_durable', `the export could not be ${failed}; nothing was accepted`)
    }
  }
  log.info('export.accepted', { exportId, route, ...scope, dry: manner.dry, force: manner.force })
  return request
}

/**
 * The answer says that nothing was accepted; should this fail too, an export runs that nobody awaits.
 * @returns false where it has ended meanwhile: it was taken, and only the answer was lost
 */
async function isWithdrawn(documents: Documents, exportId: string, log: Log) {
  try {
    await documents.remove('exports', exportId)
    return (await documents.read('ended', endedPath(exportId))) === null
  } catch (thrown) {
    if (!(thrown instanceof StateError)) throw thrown
    log.error('export.withdrawalFailed', { exportId, reason: thrown.message })
    return true
  }
}
