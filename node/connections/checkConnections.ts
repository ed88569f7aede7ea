import type { Clients } from '../clients'
import { CENTRA } from '../clients/centraErrors'
import { errorCodes } from '../common/errors'
import { UpstreamError } from '../common/upstreamError'
import type { Publisher } from '../delivery/publisher'
import { centraOf, type Settings } from '../settings/settings'
import type { Documents } from '../state/documents'
import { type CheckResult, Checks } from './checks'
import { checkVtex, type VtexClients } from './vtexChecks'

/** Everything that exports connect to. */
export interface Connections {
  clients: VtexClients & Pick<Clients, 'centra'>
  documents: Documents
  /** Sends an event that nobody handles. @throws {UpstreamError} */
  sendEvent(): Promise<void>
  /** @throws {SettingsError} {@link SettingsUnavailableError} */
  settings(): Promise<Settings>
  publisher(settings: Settings): Promise<Publisher>
  now(): number
}

/** Milliseconds: the publisher has a shorter time limit of its own, and says more about it. */
const PUBLISHER_MS = 20_000

/**
 * Tries everything that exports connect to, at the same time where possible. Takes less than 25 s and never fails.
 */
export async function checkConnections(connections: Connections): Promise<CheckResult[]> {
  const checks = new Checks(connections.now)
  const settings = await checks.try('settings', () => connections.settings(), {
    works: 'all settings are valid',
  })
  await Promise.all([
    checkVtex(checks, connections.clients, settings),
    checkState(checks, connections),
    checkCentra(checks, connections, settings),
    checkPublisher(checks, connections, settings),
  ])
  return checks.results()
}

async function checkState(checks: Checks, { documents, sendEvent }: Connections) {
  const name = 'connection'
  const useDocument = async () => {
    await documents.save('checks', name, { v: 1 })
    await documents.read('checks', name)
    await documents.remove('checks', name)
  }
  await Promise.all([
    checks.try('vbase', useDocument, {
      works: 'a document was written, read and removed',
      advice: 'Check again in a minute. The app needs the policy vbase-read-write.',
    }),
    checks.try('courier', sendEvent, {
      works: 'an event was accepted',
      advice: 'Check again in a minute. The app needs the policy colossus-fire-event.',
    }),
  ])
}

async function checkCentra(
  checks: Checks,
  { clients }: Connections,
  settings: Settings | undefined
) {
  const centra = settings && centraOf(settings)
  if (!centra) {
    return checks.skip('centra', settings ? 'centraSellerId is empty' : INVALID)
  }
  const read = () => clients.centra.stock(centra.access, { limit: 1 }).catch(withoutWords)
  await checks.try('centra', read, {
    works: 'stock can be read',
    advice:
      'Check centraUrl, centraToken and centraAuth, and that the plugin has Get stock switched on. If they are right, check the status of Centra.',
  })
}

/** Errors of Centra have its text, which is for reports only. */
function withoutWords(thrown: unknown): never {
  if (!(thrown instanceof UpstreamError)) throw thrown
  const { kind, status, code } = thrown
  const what = kind === 'refused' ? 'the request was refused' : errorCodes[code][0]
  const detail = status === undefined ? what : `status ${status}, ${what}`
  throw new UpstreamError(CENTRA, kind, detail, status)
}

async function checkPublisher(
  checks: Checks,
  { publisher: open }: Connections,
  settings: Settings | undefined
) {
  if (!settings) return checks.skip('publisher', INVALID)
  const check = async () => {
    const publisher = await open(settings)
    try {
      return await publisher.check()
    } finally {
      void publisher.close().catch(() => undefined)
    }
  }
  await checks.try('publisher', check, { works: (done) => done, atMost: PUBLISHER_MS })
}

const INVALID = 'the settings are invalid or cannot be read'
