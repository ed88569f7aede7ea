/**
 * The resources of VTEX's License Manager that the account's APIs demand, by the name under which an app's
 * manifest asks for each (VTEX: a call is 403 unless its token has all of its endpoint's).
 */
export const SKUS: readonly Resource[] = ['Sku.aspx', 'ViewProduct']
export const BINDINGS: readonly Resource[] = ['ViewProduct']
export const LOGISTICS: readonly Resource[] = ['LogisticsViewer']
export const SELLERS: readonly Resource[] = ['view-seller']

/** SKUs, View Product, Logistics viewer, View Seller. */
export type Resource = 'Sku.aspx' | 'ViewProduct' | 'LogisticsViewer' | 'view-seller'

/** What a token gives access to; undefined for a token that nobody has. */
export type ResourcesOf = (token: string) => { has(resource: string): boolean } | undefined
