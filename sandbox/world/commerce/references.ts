import type { Account } from './account'
import { idInEan, idsInRefId } from './sku'

/** The SKU with this RefId; one of them if there are several (VTEX allows that). */
export function skuIdByRefId(account: Account, refId: string): number | undefined {
  const candidates = [...(account.changedRefIds.get(refId) ?? []), ...idsInRefId(refId)]
  return candidates.find((id) => account.sku(id)?.refId === refId)
}

/** The SKU with this EAN. */
export function skuIdByEan(account: Account, ean: string): number | undefined {
  const changed = account.changedEans.get(ean)
  const candidates = changed === undefined ? [idInEan(ean)] : [changed, idInEan(ean)]
  return candidates.find((id) => account.sku(id)?.ean === ean)
}
