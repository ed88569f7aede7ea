/**
 * The License Manager resources that the account's APIs require, by their names in an app's manifest (VTEX: 403 unless
 * the token has all resources of the endpoint).
 */
export const SKUS: readonly Resource[] = ['Sku.aspx', 'ViewProduct']
export const BINDINGS: readonly Resource[] = ['ViewProduct']
export const LOGISTICS: readonly Resource[] = ['LogisticsViewer']
export const SELLERS: readonly Resource[] = ['view-seller']

/** SKUs, View Product, Logistics viewer, View Seller. */
export type Resource = 'Sku.aspx' | 'ViewProduct' | 'LogisticsViewer' | 'view-seller'

/** Returns the resources of a token; undefined for an unknown token. */
export type ResourcesOf = (token: string) => { has(resource: string): boolean } | undefined
