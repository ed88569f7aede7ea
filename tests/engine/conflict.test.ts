import { receiptNames } from '../../node/exports/documentNames'
import { nobody } from './courier'
import { allEnded, expectAll, installed, until } from './playing'
import type { World } from './world'

const committed = (world: World) =>
  world.vbase.names('receipts').filter((name) => receiptNames.parse(name)?.state === 'committed')

/**
 * Another worker read the same SKUs at the same time, before they were sold out: its batch has the newer version, and
 * Intershop imported it last. Neither of the two batches knows of the other.
 */
function publishOlder(world: World, name: string, sku: string) {
  const own = receiptNames.parse(name)
  if (!own) throw new Error(`${name} is no receipt`)
  const other = { ...own, version: own.version + 1, uniqueId: 'other', worker: 'other' }
  const save = (receipt: typeof own, document: unknown) =>
    world.vbase.as(nobody).save('receipts', receiptNames.build(receipt), document)
  const started = receiptNames.build({ ...own, state: 'started' })
  void save({ ...other, state: 'started' }, world.vbase.document('receipts', started))
  void save(other, world.vbase.document('receipts', name))
  world.intershop.import()
  world.intershop.take(sku, (world.offers().get(sku) ?? 0) + 3)
}

it('reads again what another worker read at the same time, whose older quantity Intershop imported last', async () => {
  const world = await installed({ mostSkus: 100 })
  world.post('export')
  await until(world, () => committed(world).length > 0)
  const [first = ''] = committed(world)
  const [sku = ''] = world.offers().keys()
  publishOlder(world, first, sku)
  await until(world, () => allEnded(world))
  world.intershop.import()
  expectAll(world)
})
