import { ExternalClient, type InstanceOptions, type IOContext } from '@vtex/api'
import { statusError, toUpstreamError } from '../common/upstreamError'
import { limiterOf } from '../throttling/limiters'
import { guardedOptions } from './vtexClient'

const WEBHOOK = 'the alert webhook'
const TIMEOUT_MS = 8_000
const MAX_ANSWER_BYTES = 65_536

/** The merchant's receiver of alerts. Its address may be a secret, so no error has it. No redirects are followed. */
export class Webhook extends ExternalClient {
  private readonly limiter = limiterOf(this.context, 'webhook')

  constructor(context: IOContext, options?: InstanceOptions) {
    super('', context, guardedOptions(options, TIMEOUT_MS))
  }

  /** POSTs JSON; any 2xx counts as received. @throws {UpstreamError} it may have been received all the same */
  send(address: string, body: object): Promise<void> {
    const { host, pathname, search } = new URL(address)
    return this.limiter.run(async () => {
      const call = this.http.postRaw<string>(`http://${host}${pathname}${search}`, body, {
        headers: { 'X-Vtex-Use-Https': 'true', 'Content-Type': 'application/json' },
        maxRedirects: 0,
        maxContentLength: MAX_ANSWER_BYTES,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        responseType: 'text',
        validateStatus: () => true,
        metric: 'intershop-webhook',
      })
      const answer = await call.catch((thrown: unknown) => {
        throw toUpstreamError(WEBHOOK, thrown, Date.now())
      })
      const { status, headers } = answer
      if (status < 200 || status > 299) throw statusError(WEBHOOK, { status, headers }, Date.now())
    })
  }
}
