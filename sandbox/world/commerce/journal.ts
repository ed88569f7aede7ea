import { appendJsonLine, readJsonLines } from '../json-lines'
import type { Account } from './account'
import { type Mutation, RefusedChange } from './changes'
import type { MarketplaceMutation } from './marketplace'

/** Keeps the account's changes over a restart: replays those in the file and appends each new one (JSON lines). */
export function persistAccount(account: Account, file: string): void {
  const made = readJsonLines<Mutation | MarketplaceMutation>(file)
  for (const mutation of made) {
    try {
      replay(account, mutation)
    } catch (error) {
      // An earlier version of the sandbox allowed this change.
      if (!(error instanceof RefusedChange)) throw error
    }
  }
  account.recordTo((mutation) => appendJsonLine(file, mutation))
  account.marketplace.recordTo((mutation) => appendJsonLine(file, mutation))
}

function replay(account: Account, mutation: Mutation | MarketplaceMutation): void {
  switch (mutation.change) {
    case 'setSeller':
      account.marketplace.setSeller(mutation.sellerId, mutation.active)
      break
    case 'bind':
      account.marketplace.bind(mutation.sellerId, mutation.skuId, mutation.to)
      break
    case 'unbind':
      account.marketplace.unbind(mutation.sellerId, mutation.skuId)
      break
    case 'addSku':
      account.addSku(mutation.to)
      break
    case 'removeSku':
      account.removeSku(mutation.skuId)
      break
    case 'setBalance':
      account.setBalance(mutation.skuId, mutation.warehouseId, mutation.to)
      break
    case 'sell':
      account.sell(mutation.skuId, mutation.units)
      break
    case 'setPrice':
      account.setPrice(mutation.skuId, mutation.price)
      break
    case 'setFacts':
      account.setFacts(mutation.skuId, mutation.to)
      break
    case 'setComponents':
      account.setComponents(mutation.skuId, mutation.to)
      break
  }
}
