import { type BatchReceipt, END, receiptNames } from '../../node/exports/documentNames'
import { LEASE_MS } from '../../node/state/lease'
import { CENTRA_SELLER } from './centra'
import { nobody } from './courier'
import { allEnded, expectAll, installed, step, until } from './playing'
import type { World } from './world'

type Batch = Pick<BatchReceipt, 'source' | 'from' | 'to'>

const committed = ({ vbase }: World, source: string) =>
  vbase.names('receipts').flatMap((name) => {
    const receipt = receiptNames.parse(name)
    const isOfSource = receipt?.source === source && receipt.state === 'committed'
    return receipt && isOfSource ? [{ name, receipt }] : []
  })

/**
 * Another worker read offers of the first batch of a source at the same time, before they were sold out: its batch has
 * the newer version, and Intershop imported it last. Neither of the two batches knows of the other.
 */
function publishOlder(world: World, source: string, others: Partial<Batch>) {
  const [own] = committed(world, source)
  if (!own) throw new Error(`no batch of ${source} is committed`)
  const { name, receipt } = own
  const { version } = receipt
  const other = { ...receipt, ...others, version: version + 1, uniqueId: 'other', worker: 'other' }
  const save = (saved: BatchReceipt, document: unknown) =>
    world.vbase.as(nobody).save('receipts', receiptNames.build(saved), document)
  const started = receiptNames.build({ ...receipt, state: 'started' })
  void save({ ...other, state: 'started' }, world.vbase.document('receipts', started))
  void save(other, world.vbase.document('receipts', name))
  world.intershop.import()
  const isOfSource = (sku: string) => sku.endsWith(`_${CENTRA_SELLER}`) === (source === 'centra')
  const [sku = ''] = [...world.intershop.imported.keys()].filter(isOfSource)
  world.intershop.take(sku, (world.offers().get(sku) ?? 0) + 3)
}

describe('an export reads again what another worker read at the same time, whose older quantity Intershop imported last', () => {
  it.each<[string, Batch['source'], Partial<Batch>]>([
    ['the same SKUs', 'own', {}],
    ['other pages of Centra, to which rows had moved', 'centra', { from: 3, to: 4 }],
    ['rows of Centra by their ids', 'centra', { source: 'centraRows', from: 0, to: END }],
  ])('%s', async (_, source, others) => {
    const world = await installed({ mostSkus: 2 })
    world.post('export')
    await until(world, () => committed(world, source).length > 0)
    publishOlder(world, source, others)
    await until(world, () => allEnded(world))
    world.intershop.import()
    expectAll(world)
  })
})

it.each([
  ['sees that it lost the lease', 0],
  ['believes to have the lease', 1],
])(
  'a worker that stops before a rename publishes nothing after a newer batch, where it %s',
  async (_, leaseLost) => {
    const world = await installed({ mostSkus: 100, leaseLost })
    world.trap('write', (worker) => world.freeze(worker, 60_000))
    world.post('export')
    await until(world, () => world.isAnybodyFrozen)
    world.change(0)
    world.scheduler.now += LEASE_MS
    world.wake()
    await until(world, () => allEnded(world))
    world.intershop.import()
    expectAll(world)
    while (await step(world));
    world.intershop.import()
    expectAll(world)
  }
)
