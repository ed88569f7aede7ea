import { limiterOf } from '../throttling/limiters'
import { ExternalApi } from './baseClients'
import { type StockPage, stockPageOf } from './centraStockPage'

/** Address and token of an Order API plugin of Centra. */
export interface CentraAccess {
  /** `https://{client}.centra.com/api/{plugin}`, without a trailing slash. */
  url: string
  token: string
  /** The header with the token: older installations take `Authorization: Bearer`. */
  auth: 'api-authorization' | 'bearer'
}

/** Of `GET /stock`. Dates: `YYYY-mm-dd` or `YYYY-mm-dd HH:MM:SS`, in the time zone of the company in Centra. */
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

/** Centra's Order API. */
export class Centra extends ExternalApi {
  protected readonly limiter = limiterOf(this.context, 'centra')
  protected override readonly timeoutMs: number = 30_000
  protected readonly metric = 'intershop-centra'
  /** A page of a thousand rows has about one MB; with attributes several. */
  protected readonly maxMegabytes = 32

  /** A page of stock, with its malformed rows. @param page `next` or `previous` of another page */
  stock(access: CentraAccess, parameters: StockParameters, page?: string): Promise<StockPage> {
    const { token, auth } = access
    const query = queryOf(parameters, page)
    const url = `${access.url}/stock${query && `?${query}`}`
    const headers: Record<string, string> =
      auth === 'bearer' ? { Authorization: `Bearer ${token}` } : { 'API-Authorization': token }
    return this.limiter.run(async () => {
      const answer = await this.ask({ method: 'GET', url, headers })
      return stockPageOf(answer, [token, this.context.authToken])
    })
  }
}

/** The query of a page. Centra does not document whether `next` keeps the filters, so each query gets them. */
export function queryOf(parameters: StockParameters, page = ''): string {
  const query = new URLSearchParams(page)
  for (const [name, value] of Object.entries(parameters)) {
    // `xml=false` could count as true.
    if (value === undefined || value === false) continue
    if (name !== 'limit' || !query.has('limit')) query.set(name, String(value))
  }
  return query.toString()
}
