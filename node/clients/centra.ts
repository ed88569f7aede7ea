import { ExternalClient, type InstanceOptions, type IOContext } from '@vtex/api'
import { type FailedCall, TOO_LARGE, toUpstreamError, UpstreamError } from '../common/upstreamError'
import type { Limiter } from '../throttling/limiter'
import { limiterOf } from '../throttling/limiters'
import { CENTRA, malformed } from './centraErrors'
import { type HttpAnswer, type StockPage, stockPageOf } from './centraStockPage'
import { inTime } from './deadline'
import { discreet } from './vtexClient'

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
      middlewares: [discreet, inTime],
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

/** How Centra wants to see the token: older installations take `Authorization: Bearer`. */
export const CENTRA_AUTHS = ['api-authorization', 'bearer'] as const

/** Where an Order API plugin of Centra is, and what opens it. */
export interface CentraAccess {
  /** `https://{client}.centra.com/api/{plugin}`, with no slash at its end. */
  url: string
  token: string
  auth: (typeof CENTRA_AUTHS)[number]
}

/**
 * What `GET {centraUrl}/stock` can be asked for; all of it is optional. Dates are `YYYY-mm-dd` or
 * `YYYY-mm-dd HH:MM:SS`, in the time zone of the company in Centra.
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
  /** Rows a page. Without it everything comes at once. */
  limit?: number | undefined
  /** The custom attributes of products and variants too, as further fields of a row. */
  include?: 'attributes' | undefined
  /** Spares Centra the physical stock, and is faster. */
  exclude?: 'physicalStock' | undefined
  /** An answer in XML; it is read like one in JSON. */
  xml?: boolean | undefined
}

/** Longer than any that somebody needs; a page's name is kept in documents. */
const MOST_CHARACTERS = 2_048

/**
 * The query of a page. Centra does not say whether `next` keeps the filters, so they are put into each page's
 * query; `limit` and `page` are the page's own.
 * @param page as {@link pageOf} gave it; none: the first
 */
export function queryOf(parameters: StockParameters, page = ''): string {
  const query = new URLSearchParams(page)
  for (const [name, value] of Object.entries(parameters)) {
    // Not even `xml=false`, which is a text, and true for some.
    if (value === undefined || value === false) continue
    if (name !== 'limit' || !query.has('limit')) query.set(name, String(value))
  }
  return query.toString()
}

/**
 * The page that `next` or `previous` leads to: its query, `?limit=2&page=3`. Centra: such a text, or a URL, of
 * which nothing but the query counts, or it would say where the token goes.
 * @returns undefined for what leads nowhere
 */
export function pageOf(link: string): string | undefined {
  const [, query = ''] = /^[^?#]*\?([^#]+)/.exec(link) ?? []
  return query && link.length <= MOST_CHARACTERS ? `?${new URLSearchParams(query)}` : undefined
}
