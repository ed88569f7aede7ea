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
