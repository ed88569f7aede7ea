import type { Account } from '../../../sandbox/world/commerce/account'

/** What can be sold of a SKU as `addSku` makes it: ten units in each warehouse, of which three count. */
export const ORDINARY = 30

/** Oddities of a SKU, what may be offered of it, and how an ordinary one comes to be so. */
export const ODDITIES: readonly [string, number, (account: Account, skuId: number) => void][] = [
  [
    'in warehouses that are active, inactive and deleted: the active ones count',
    ORDINARY,
    () => {},
  ],
  [
    'with more reserved than there is: that warehouse counts nothing and takes nothing',
    20,
    (account, id) => account.setBalance(id, '1_1', { reserved: 17 }),
  ],
  [
    'with a negative total: likewise',
    20,
    (account, id) => account.setBalance(id, 'north', { total: -5 }),
  ],
  [
    'with negative totals only: nothing is offered',
    0,
    (account, id) => {
      for (const at of ['1_1', 'north', 'outlet']) account.setBalance(id, at, { total: -1 })
    },
  ],
  [
    'with a negative reservation: total - reserved counts',
    34,
    (account, id) => account.setBalance(id, '1_1', { reserved: -4 }),
  ],
  [
    'that is unlimited in a warehouse: unlimitedQuantity is offered',
    9999,
    (account, id) => account.setBalance(id, 'north', { unlimited: true }),
  ],
  [
    'that is unlimited in an inactive and a deleted warehouse: the others count',
    ORDINARY,
    (account, id) => {
      for (const at of ['returns', 'OUTLET']) account.setBalance(id, at, { unlimited: true })
    },
  ],
  ['that is inactive: nothing is offered', 0, (account, id) => account.setActive(id, false)],
  [
    'whose product is inactive: nothing is offered',
    0,
    (account, id) => account.setFacts(id, { productActive: false }),
  ],
  ['of which some were sold: what is left is offered', 27, (account, id) => account.sell(id, 3)],
]
