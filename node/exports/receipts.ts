import type { Receipt } from '../published/receipt'
import { type Delivery, deliveryPath } from './names'

/** Tells batches apart. */
export const receiptId = ({ stamp, nonce }: Pick<Delivery, 'stamp' | 'nonce'>) =>
  `${stamp}~${nonce}`

/** What batches tell the ledger, as far as their documents' names say. */
export function receiptsOf(deliveries: readonly Delivery[]): Receipt[] {
  const receipts = new Map<string, Receipt>()
  for (const delivery of deliveries) {
    const { stamp, after, dry, done, offers, firstSku, lastSku } = delivery
    if (dry || offers === 0) continue
    const id = receiptId(delivery)
    const isCommitted = done || receipts.get(id)?.isCommitted === true
    receipts.set(id, {
      ...{ id, version: stamp, readAfter: after, isCommitted, firstSku, lastSku, offers },
      // Most are never read: their names are not made.
      path: () => deliveryPath({ ...delivery, done: false }),
    })
  }
  return [...receipts.values()]
}
