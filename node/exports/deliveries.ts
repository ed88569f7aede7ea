import pLimit from 'p-limit'

import { readAhead } from '../state/readAhead'
import { countedDeliveries } from './coverage'
import type { Engine } from './engine'
import type { Line } from './line'
import { type Delivery, deliveryPath, partPath } from './names'
import { type DeliveryDocument, deliverySchema, partSchema } from './part'
import { readSaved } from './readSaved'

type Reading = Pick<Engine, 'documents' | 'clock'>

/**
 * The deliveries that count for an export. With settings that cannot be read, what was delivered under the
 * last ones that could still counts.
 */
function counted({ deliveries, exports }: Line, exportId: string): Delivery[] {
  const state = exports.find((each) => each.exportId === exportId)
  return countedDeliveries(exportId, state?.basis ?? lastBasis(deliveries, exportId), deliveries)
}

const lastBasis = (deliveries: Line['deliveries'], exportId: string): string =>
  deliveries
    .filter((delivery) => delivery.exportId === exportId)
    .sort((a, b) => b.stamp - a.stamp)[0]?.basis ?? ''

/** What was delivered of an export. @throws {StateError} {@link LostDocumentError} */
export async function allDeliveries(
  engine: Reading,
  line: Line,
  exportId: string
): Promise<DeliveryDocument[]> {
  const limit = pLimit(8)
  const read = (delivery: Delivery) =>
    readSaved(engine, 'delivered', deliveryPath(delivery), deliverySchema)
  return Promise.all(counted(line, exportId).map((delivery) => limit(() => read(delivery))))
}

/** What can be read of it: enough for an export that is not, or never, at its end. @throws {StateError} */
export async function readableDeliveries(
  { documents }: Reading,
  line: Line,
  exportId: string
): Promise<DeliveryDocument[]> {
  const limit = pLimit(8)
  const read = (delivery: Delivery) => documents.read('delivered', deliveryPath(delivery))
  const found = await Promise.all(
    counted(line, exportId).map((delivery) => limit(() => read(delivery)))
  )
  return found
    .map((document) => deliverySchema.safeParse(document).data)
    .filter((delivery) => delivery !== undefined)
}

/**
 * The SKUs of an export that could not be read. The deliveries name the first hundred each, the parts all.
 * @throws {StateError} {@link LostDocumentError}
 */
export async function failedSkus(
  engine: Reading,
  line: Line,
  exportId: string
): Promise<Set<number>> {
  const failed = new Set<number>()
  const read = (delivery: Delivery) => readSaved(engine, 'parts', partPath(delivery), partSchema)
  for await (const { failures } of readAhead(counted(line, exportId), read)) {
    for (const { skuId } of failures) failed.add(skuId)
  }
  return failed
}
