/** The header with the token: older installations take `Authorization: Bearer`. */
export const CENTRA_AUTHS = ['api-authorization', 'bearer'] as const

/** Address and token of an Order API plugin of Centra. */
export interface CentraAccess {
  /** `https://{client}.centra.com/api/{plugin}`, without a trailing slash. */
  url: string
  token: string
  auth: (typeof CENTRA_AUTHS)[number]
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

/** Bounds the page's name in documents. */
const MAX_CHARACTERS = 2_048

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

/**
 * The query in `next` or `previous`: `?limit=2&page=3`. Centra sends it alone or in a URL, whose host is ignored: it
 * must not decide where the token is sent.
 * @returns undefined if there is none
 */
export function pageOf(link: string): string | undefined {
  const [, query = ''] = /^[^?#]*\?([^#]+)/.exec(link) ?? []
  return query && link.length <= MAX_CHARACTERS ? `?${new URLSearchParams(query)}` : undefined
}
