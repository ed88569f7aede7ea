import { TaskCancelledError, TimeoutStrategy, timeout } from 'cockatiel'
import { splitEvery } from 'ramda'
import { type Icm, type IcmAccess, isRefusal, MOST_INVENTORIES } from '../clients/icm'
import { ICM, type ImportState, type Upload } from '../clients/icmMessages'
import { isOfKind, UpstreamError } from '../common/upstreamError'
import type { Settings } from '../settings/settings'
import { icmFile } from './icmFiles'
import {
  type CanCommit,
  DeliveryError,
  type ImportingPublisher,
  type PublishedBatch,
  SupersededError,
} from './publisher'

/** The worker's event waits for each: together they fit between the end of reading and its timeout. */
const UPLOAD_MS = 8_000
const CALL_MS = 5_000
const CHECK_MS = 10_000

/** The calls that publishing needs. */
export type IcmApi = Pick<Icm, keyof Icm>

/** Publishes offers as uploads that ICM's batch process imports. One upload holds a batch. */
export class IcmRestPublisher implements ImportingPublisher {
  readonly target: string
  private readonly access: IcmAccess

  constructor(
    private readonly settings: Settings,
    private readonly icm: IcmApi
  ) {
    const { icmUrl: url, icmSite: site, icmOrganization: organization, icmUser: user } = settings
    this.access = { url, site, organization, user, password: settings.icmPassword }
    this.target = `${url} ${site}`
  }

  connect(): Promise<void> {
    return within(CALL_MS, () => this.icm.logIn(this.access))
  }

  /** Uploads a file without offers, which no import is started for, and asks for an import that does not exist. */
  async check(): Promise<string> {
    const { icm, access, settings } = this
    const named = { ...settings, sftpFilePrefix: `${settings.sftpFilePrefix}-check` }
    const { name, content } = await icmFile(named, Date.now(), [])
    await within(CHECK_MS, async () => {
      const { key } = await icm.upload(access, name, content)
      await icm.removeUpload(access, key)
      await icm.importState(access, 'none')
    })
    return 'a file was uploaded and removed, and imports can be asked for'
  }

  async upload({ version, offers }: PublishedBatch): Promise<Upload> {
    const { name, content } = await icmFile(this.settings, version, offers)
    return within(UPLOAD_MS, () => this.icm.upload(this.access, name, content))
  }

  async startImport(upload: Upload, canCommit: CanCommit): Promise<string | undefined> {
    const { icmUnit: unit, icmDomain: domain, icmLocale: locale } = this.settings
    const parameters = { unit, domain, locale, style: this.settings.icmParameterStyle }
    let mayHaveStarted = false
    const start = (signal: AbortSignal) =>
      this.icm.startImport(this.access, upload.fileName, parameters, async () => {
        if (!(await canCommit()) || signal.aborted) throw new SupersededError()
        mayHaveStarted = true
      })
    try {
      return await within(CALL_MS, (signal) => start(signal).catch(withoutMissing))
    } catch (thrown) {
      const isRefused = thrown instanceof DeliveryError && thrown.isRefusal
      if (!mayHaveStarted || isRefused || thrown instanceof SupersededError) throw thrown
      return undefined
    }
  }

  importState(importId: string): Promise<ImportState> {
    return within(CALL_MS, () => this.icm.importState(this.access, importId))
  }

  removeUpload({ key }: Upload): Promise<void> {
    return within(CALL_MS, () => this.icm.removeUpload(this.access, key))
  }

  async stockOf(offerSkus: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const groups = splitEvery(MOST_INVENTORIES, offerSkus)
    const found = await Promise.all(
      groups.map((group) => within(CALL_MS, () => this.icm.inventories(this.access, group)))
    )
    return new Map(
      found.flat().flatMap(({ sku, availableStock }) => {
        return availableStock == null ? [] : [[sku, availableStock]]
      })
    )
  }

  async close(): Promise<void> {
    // Each request has a connection of its own.
  }
}

async function within<T>(ms: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const policy = timeout(ms, TimeoutStrategy.Aggressive).dangerouslyUnref()
  return policy
    .execute(({ signal }) => call(signal))
    .catch((thrown: unknown) => {
      throw asDeliveryError(thrown, ms)
    })
}

/** Another worker, or ICM itself, may have removed the upload: that is temporary. */
function withoutMissing(thrown: unknown): never {
  if (!isOfKind(thrown, 'missing')) throw thrown
  const detail = `${ICM}: status 404 for the upload that is to be imported`
  throw new DeliveryError('icm_down', detail, false, true)
}

const ADVICE = {
  icm_refused: 'Check the settings icm* and the rights of icmUser, see docs/icm-rest.md.',
  icm_busy: 'Another import is running; this one is tried again.',
  icm_down: 'Check icmUrl and the server.',
}

/** The error in terms of this delivery. @param ms how long the call was waited for */
function asDeliveryError(thrown: unknown, ms: number): unknown {
  const isLate = thrown instanceof TaskCancelledError
  const error = isLate ? new UpstreamError(ICM, 'down', `no answer within ${ms / 1000} s`) : thrown
  if (!(error instanceof UpstreamError)) return error
  const isBusy = error.status === 409
  const isFinal = !isBusy && isOfKind(error, 'refused', 'missing')
  const code = isBusy ? 'icm_busy' : isFinal ? 'icm_refused' : 'icm_down'
  return new DeliveryError(code, error.message, isFinal, isRefusal(error), ADVICE[code])
}
