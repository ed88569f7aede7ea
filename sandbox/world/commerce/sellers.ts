/** A seller of the marketplace; "1" is the account itself. */
export interface Seller {
  id: string
  name: string
  active: boolean
}

/** VTEX: a seller id is a string; some are numbers, some names. */
export const SEEDED_SELLERS: readonly Seller[] = [
  { id: '1', name: 'The account itself', active: true },
  { id: '2', name: 'Kronan Outdoor', active: true },
  { id: '31', name: 'Skogs & Son', active: true },
  { id: 'nordicshop', name: 'Nordic Shop', active: true },
  { id: 'Fjall-Butik_2', name: 'Fjäll Butik', active: true },
  { id: 'closedshop', name: 'Closed Shop', active: false },
]
