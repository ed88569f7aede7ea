import { memory } from '../../tests/documents'
import { KitIndex } from '../changes/kitIndex'
import type { Catalog, SkuDetails } from '../clients/catalog'
import { UpstreamError } from '../common/upstreamError'
import { detailsWithComponents } from './ownStock'

type KitReads = Pick<Catalog, 'stockedSku' | 'components'>

const sku = (skuId: number, more: Partial<SkuDetails> = {}) => ({
  ...{ skuId, isActive: true, isKit: false },
  ...more,
})

/** SKU 25 is a kit of twice SKU 2 and thrice SKU 5. */
function setUp(more: Partial<KitReads> = {}) {
  const documents = memory()
  const asked: number[] = []
  const reads: KitReads = {
    stockedSku: async (skuId) => sku(skuId, { isKit: skuId === 25, isActive: skuId !== 5 }),
    components: async (kitId) => {
      asked.push(kitId)
      return [
        { skuId: 2, quantity: 2 },
        { skuId: 5, quantity: 3 },
      ]
    },
    ...more,
  }
  const kitsOf = async (...skuIds: number[]) => {
    const index = new KitIndex(documents)
    await index.read(skuIds)
    return skuIds.map((skuId) => [...index.of(skuId)])
  }
  return { read: detailsWithComponents(reads, documents), asked, documents, kitsOf }
}

describe('contextsWithComponents', () => {
  it('returns a kit with its components and whether each is active, and indexes them', async () => {
    const { read, kitsOf } = setUp()
    expect(await read(25)).toEqual({
      ...sku(25, { isKit: true }),
      components: [
        { skuId: 2, quantity: 2, isActive: true },
        { skuId: 5, quantity: 3, isActive: false },
      ],
    })
    expect(await kitsOf(2, 5, 25, 20)).toEqual([[25], [25], [], []])
  })

  it('requests no components of a SKU that is no kit, or of an inactive kit', async () => {
    const { read, asked } = setUp()
    expect(await read(2)).toEqual(sku(2))
    const off = setUp({ stockedSku: async (id) => sku(id, { isKit: true, isActive: false }) })
    expect(await off.read(25)).not.toHaveProperty('components')
    expect([...asked, ...off.asked]).toEqual([])
  })

  it('rejects if a component is a kit itself or does not exist', async () => {
    const nested = setUp({ stockedSku: async (id) => sku(id, { isKit: true }) })
    await expect(nested.read(25)).rejects.toThrow('component 2 of this kit is a kit itself')
    const gone = setUp({
      stockedSku: async (skuId) => {
        if (skuId === 25) return sku(25, { isKit: true })
        throw new UpstreamError('VTEX catalog', 'missing', 'status 404', 404)
      },
    })
    await expect(gone.read(25)).rejects.toMatchObject({
      kind: 'malformed',
      message: 'VTEX catalog: component 2 of this kit: status 404',
    })
    expect(await nested.kitsOf(2, 5)).toEqual([[], []])
  })
})

describe('KitIndex', () => {
  it('finds the same kits for few SKUs as for many', async () => {
    const { documents } = setUp()
    for (const kitId of [300, 301]) {
      const read = detailsWithComponents(
        {
          stockedSku: async (id) => sku(id, { isKit: id === kitId }),
          components: async () => [
            { skuId: kitId % 100, quantity: 1 },
            { skuId: 12, quantity: 1 },
          ],
        },
        documents
      )
      await read(kitId)
    }
    await documents.save('kits', 'of another version', {})
    const many = Array.from({ length: 100 }, (_, index) => index)
    for (const batches of [[[0], [1], [12]], [many], [[1], [12, 2], many]]) {
      const index = new KitIndex(documents)
      for (const batch of batches) await index.read(batch)
      expect([0, 1, 12, 2].map((skuId) => [...index.of(skuId)].sort())).toEqual([
        ...[[300], [301], [300, 301], []],
      ])
    }
  })
})
