import { SEEDED_SELLERS } from '../commerce/sellers'

/** The shop in Intershop Order Management. */
export const IOM_SHOP = '10000'

/** The sellers of the marketplace, by their ids as suppliers of that shop. */
export const IOM_SUPPLIERS: ReadonlyMap<string, string> = new Map(
  SEEDED_SELLERS.map(({ id }, index) => [String(20_010 + index * 10), id])
)
