import { ExternalClient, type InstanceOptions, type IOContext } from '@vtex/api'
import { type FailedCall, TOO_LARGE, toUpstreamError, UpstreamError } from '../common/upstreamError'
import type { Limiter } from '../throttling/limiter'
import { limiterOf } from '../throttling/limiters'
import { CENTRA, malformed } from './centraErrors'
import { type CentraAccess, queryOf, type StockParameters } from './centraParameters'
import { type HttpAnswer, type StockPage, stockPageOf } from './centraStockPage'
import { withDeadline } from './deadline'
import { redactErrors } from './vtexClient'

/** A page of a thousand rows has about one; attributes may make it several. */
const MOST_MEGABYTES = 32

/**
 * Centra's Order API. Its base is a setting, so it comes with each call. Through VTEX's egress: plain http, with
 * a header that asks for https. `memoizable: false`, since @vtex/api otherwise keeps every answer, failures too,
 * as long as the client lives. No retries: the limiter retries. No redirects: they would take the token along.
 */
export class Centra extends ExternalClient {
  protected readonly limiter: Pick<Limiter, 'run'> = limiterOf(this.context, 'centra')
  /** Until an answer is there whole. */
  protected readonly patienceMs: number = 30_000

  constructor(context: IOContext, options?: InstanceOptions) {
    super('', context, {
      ...options,
      memoizable: false,
      retries: 0,
      timeout: 30_000,
      middlewares: [redactErrors, withDeadline],
    })
  }

  /**
   * A page of stock with the rows that could not be understood.
   * @param page `next` or `previous` of another page; the filters of `parameters` are put into it
   * @throws {UpstreamError} with Centra's own words, where it says what is wrong
   */
  stock(access: CentraAccess, parameters: StockParameters, page?: string): Promise<StockPage> {
    return this.limiter.run(async () => {
      const answer = await this.ask(access, queryOf(parameters, page))
      return stockPageOf(answer, [access.token, this.context.authToken], Date.now())
    })
  }

  private async ask({ url, token, auth }: CentraAccess, query: string): Promise<HttpAnswer> {
    const { protocol, host, pathname } = new URL(`${url}/stock`)
    const call = this.http.getRaw<string>(`http://${host}${pathname}${query && `?${query}`}`, {
      headers: {
        ...(protocol === 'https:' && { 'X-Vtex-Use-Https': 'true' }),
        ...(auth === 'bearer'
          ? { Authorization: `Bearer ${token}` }
          : { 'API-Authorization': token }),
      },
      maxRedirects: 0,
      maxContentLength: MOST_MEGABYTES * 2 ** 20,
      signal: AbortSignal.timeout(this.patienceMs),
      // As text, with whatever status: what Centra says is wrong is in the answer.
      responseType: 'text',
      transformResponse: [(body: unknown) => body],
      validateStatus: () => true,
      metric: 'intershop-centra',
    })
    const { status, headers, data } = await call.catch((thrown: unknown) => {
      throw troubleOf(thrown)
    })
    return { status, headers, body: data }
  }
}

/** What an answer that is not whole is; every whole one is handed over, whatever its status. */
function troubleOf(thrown: unknown): UpstreamError {
  const { code } = (thrown ?? {}) as FailedCall
  if (code === 'ERR_CANCELED') return new UpstreamError(CENTRA, 'down', 'no whole answer in time')
  if (code === TOO_LARGE) return malformed(`an answer of more than ${MOST_MEGABYTES} MB`)
  return toUpstreamError(CENTRA, { code }, Date.now())
}
