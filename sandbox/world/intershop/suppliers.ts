/** The shop in Intershop Order Management. */
export const IOM_SHOP = '10000'

/** The suppliers of that shop by their ids, each the seller of a marketplace. */
export const IOM_SUPPLIERS: ReadonlyMap<string, string> = new Map([
  ['20010', '1'],
  ['20020', '2'],
  ['20030', '31'],
  ['20040', 'nordicshop'],
  ['20050', 'Fjall-Butik_2'],
  ['20060', 'closedshop'],
])
