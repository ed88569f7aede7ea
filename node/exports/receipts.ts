import type { Receipt } from '../published/receipt'
import { type Delivery, deliveryPath } from './names'

/** What batches tell the ledger, as far as their documents' names say. */
export function receiptsOf(deliveries: readonly Delivery[]): Receipt[] {
  const receipts = new Map<string, Receipt>()
  for (const delivery of deliveries) {
    const { stamp, after, nonce, dry, done, offers, firstSku, lastSku } = delivery
    if (dry || offers === 0) continue
    const id = `${stamp}~${nonce}`
    const isCommitted = done || receipts.get(id)?.isCommitted === true
    const path = deliveryPath({ ...delivery, done: false })
    receipts.set(id, {
      ...{ id, path, version: stamp, readAfter: after, isCommitted, firstSku, lastSku, offers },
    })
  }
  return [...receipts.values()]
}
