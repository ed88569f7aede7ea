import pLimit from 'p-limit'

import type { Failure } from '../offers/stockOffer'
import { type PageCursor, SOURCES, type SourceName } from '../sources/source'
import { countedDeliveries } from './coverage'
import type { Engine } from './engine'
import type { Line } from './line'
import { type Delivery, deliveryPath } from './names'
import { type DeliveryDocument, deliverySchema } from './part'
import { readSaved } from './readSaved'

type Reading = Pick<Engine, 'documents' | 'clock'>

/** What became of a part, and where it was read. */
export interface Delivered extends DeliveryDocument {
  source: SourceName
}

/**
 * The deliveries that count for an export. With settings that cannot be read, what was delivered under the
 * last ones that could still counts.
 */
function counted({ deliveries, exports }: Line, exportId: string): Delivery[] {
  const state = exports.find((each) => each.exportId === exportId)
  const bases = state?.planned ? state.sources : lastBases(deliveries, exportId)
  return bases.flatMap(({ source, basis }) =>
    countedDeliveries(exportId, source, basis, deliveries)
  )
}

const lastBases = (deliveries: Line['deliveries'], exportId: string) =>
  SOURCES.map((source) => {
    const [latest] = deliveries
      .filter((delivery) => delivery.exportId === exportId && delivery.source === source)
      .sort((a, b) => b.stamp - a.stamp)
    return { source, basis: latest?.basis ?? '' }
  })

/** Versions of the batches of a source of an export. */
export const stampsOf = (line: Line, exportId: string, name: SourceName): number[] =>
  counted(line, exportId)
    .filter(({ source }) => source === name)
    .map(({ stamp }) => stamp)

/** What was delivered of an export. @throws {StateError} {@link LostDocumentError} */
export async function allDeliveries(
  engine: Reading,
  line: Line,
  exportId: string
): Promise<Delivered[]> {
  const limit = pLimit(8)
  const read = async (delivery: Delivery) => {
    const path = deliveryPath(delivery)
    const own = line.ownDeliveries.get(path)
    const document = own ?? (await readSaved(engine, 'receipts', path, deliverySchema))
    return { source: delivery.source, ...document }
  }
  return Promise.all(counted(line, exportId).map((delivery) => limit(() => read(delivery))))
}

/** What can be read of it: enough for an export that is not, or never, at its end. @throws {StateError} */
export async function readableDeliveries(
  { documents }: Reading,
  line: Line,
  exportId: string
): Promise<Delivered[]> {
  const limit = pLimit(8)
  const read = async (delivery: Delivery) => {
    const { source } = delivery
    const { data } = deliverySchema.safeParse(
      await documents.read('receipts', deliveryPath(delivery))
    )
    return data && { source, ...data }
  }
  const found = await Promise.all(
    counted(line, exportId).map((delivery) => limit(() => read(delivery)))
  )
  return found.filter((delivery) => delivery !== undefined)
}

/**
 * Where the reading of a source goes on that is read by pages; undefined where that is not known any more.
 * @param page what was delivered before ends there
 * @throws {StateError}
 */
export async function cursorAt(
  { documents }: Reading,
  line: Line,
  exportId: string,
  page: number
): Promise<PageCursor | undefined> {
  const before = counted(line, exportId).find(
    ({ source, to }) => source === 'centra' && to === page
  )
  if (!before) return undefined
  const document = await documents.read('receipts', deliveryPath(before))
  return deliverySchema.safeParse(document).data?.cursor
}

/** What could not be read of a source. @throws {StateError} {@link LostDocumentError} */
export async function failuresOf(
  engine: Reading,
  line: Line,
  exportId: string,
  source: SourceName
): Promise<Failure[]> {
  const all = await allDeliveries(engine, line, exportId)
  return all.filter((each) => each.source === source).flatMap(({ failures }) => failures)
}
