import { ExternalClient, type InstanceOptions, type IOContext } from '@vtex/api'
import { type FailedCall, TOO_LARGE, toUpstreamError, UpstreamError } from '../common/upstreamError'
import type { Limiter } from '../throttling/limiter'
import { limiterOf } from '../throttling/limiters'
import { CENTRA, malformed } from './centraErrors'
import { type HttpAnswer, type StockPage, stockPageOf } from './centraStockPage'
import { guardedOptions } from './vtexClient'

/** Address and token of an Order API plugin of Centra. */
export interface CentraAccess {
  /** `https://{client}.centra.com/api/{plugin}`, without a trailing slash. */
  url: string
  token: string
  /** The header with the token: older installations take `Authorization: Bearer`. */
  auth: 'api-authorization' | 'bearer'
}

/**
 * The parameters of `GET {centraUrl}/stock`. Dates are `YYYY-mm-dd` or `YYYY-mm-dd HH:MM:SS`, in the time zone of the
 * company in Centra.
 */
export interface StockParameters {
  sku?: string | undefined
  /** Products modified after a date. */
  modified?: string | undefined
  /** Products whose stock changed after a date. */
  stock_modified?: string | undefined
  /** Products added after a date. */
  created?: string | undefined
  ean?: string | undefined
  productId?: number | undefined
  variantId?: number | undefined
  stockItemId?: number | undefined
  /** Rows per page; without it, one page has all rows. */
  limit?: number | undefined
  /** Adds the custom attributes of products and variants to a row. */
  include?: 'attributes' | undefined
  /** Faster: Centra does not compute the physical stock. */
  exclude?: 'physicalStock' | undefined
  /** A response in XML. */
  xml?: boolean | undefined
}

/** A page of a thousand rows has about one; with attributes several. */
const MAX_MEGABYTES = 32

/**
 * Centra's Order API. Its address is a setting, so it comes with each call. VTEX's egress takes plain http, with a
 * header that asks for https. No redirects: they would take the token along.
 */
export class Centra extends ExternalClient {
  protected readonly limiter: Pick<Limiter, 'run'> = limiterOf(this.context, 'centra')
  /** Until the response is complete. */
  protected readonly timeoutMs: number = 30_000

  constructor(context: IOContext, options?: InstanceOptions) {
    super('', context, guardedOptions(options, 30_000))
  }

  /**
   * A page of stock, with its malformed rows.
   * @param page `next` or `previous` of another page; gets the filters of `parameters`
   * @throws {UpstreamError} with Centra's error text, if it sends one
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
      maxContentLength: MAX_MEGABYTES * 2 ** 20,
      signal: AbortSignal.timeout(this.timeoutMs),
      // As text, with any status: the body explains the error.
      responseType: 'text',
      transformResponse: [(body: unknown) => body],
      validateStatus: () => true,
      metric: 'intershop-centra',
    })
    const { status, headers, data } = await call.catch((thrown: unknown) => {
      throw errorOf(thrown)
    })
    return { status, headers, body: data }
  }
}

/**
 * The query of a page. Centra does not document whether `next` keeps the filters, so each query gets them; `limit` and
 * `page` come from `page`.
 * @param page as {@link pageOf} returns it; empty: the first
 */
export function queryOf(parameters: StockParameters, page = ''): string {
  const query = new URLSearchParams(page)
  for (const [name, value] of Object.entries(parameters)) {
    // `xml=false` could count as true.
    if (value === undefined || value === false) continue
    if (name !== 'limit' || !query.has('limit')) query.set(name, String(value))
  }
  return query.toString()
}

/** The error for an incomplete response; complete ones are returned with any status. */
function errorOf(thrown: unknown): UpstreamError {
  const { code } = (thrown ?? {}) as FailedCall
  if (code === 'ERR_CANCELED') return new UpstreamError(CENTRA, 'down', 'no whole answer in time')
  if (code === TOO_LARGE) return malformed(`an answer of more than ${MAX_MEGABYTES} MB`)
  return toUpstreamError(CENTRA, { code }, Date.now())
}
