import type { IOContext } from '@vtex/api'
import { unlimited } from '../../tests/throttling/unlimited'
import { UpstreamError } from '../common/upstreamError'
import { Catalog } from './catalog'

type Call = { path: string; body?: unknown }

const CONTEXT = {
  Id: 7,
  IsActive: true,
  IsProductActive: true,
  AlternateIds: { Ean: '4006381333931', RefId: 'R7' },
}

/** A catalog that answers as it is told, and what it was asked for. */
function answering(answer: (call: Call) => unknown) {
  const calls: Call[] = []
  const asked = async (path: string, body?: unknown) => {
    const call = { path, body }
    calls.push(call)
    return answer(call)
  }
  const context = { account: 'shop', authToken: 'token' } as unknown as IOContext
  const catalog = Object.assign(unlimited(new Catalog(context)), {
    http: { get: (path: string) => asked(path), post: asked },
  })
  return { catalog, calls }
}

const failing = (status: number) => () => {
  throw Object.assign(new Error('failed'), { response: { status } })
}

describe('Catalog.skuByEan', () => {
  it('returns what skuDetails returns for the id', async () => {
    const { catalog, calls } = answering(() => CONTEXT)
    const sku = await catalog.skuByEan('4006381333931')
    expect(sku).toEqual({ skuId: 7, isActive: true, ean: '4006381333931', refId: 'R7' })
    expect(sku).toEqual(await catalog.skuDetails(7))
    expect(calls[0]?.path).toBe('/api/catalog_system/pvt/sku/stockkeepingunitbyean/4006381333931')
  })

  it('returns undefined for an unknown EAN, and rejects if VTEX cannot tell', async () => {
    expect(await answering(failing(404)).catalog.skuByEan('1')).toBeUndefined()
    await expect(answering(failing(500)).catalog.skuByEan('1')).rejects.toMatchObject({
      kind: 'down',
    })
    await expect(answering(() => ({ Id: 7 })).catalog.skuByEan('1')).rejects.toMatchObject({
      kind: 'malformed',
    })
  })

  it.each([
    ['A/1?b#c', 'A%2F1%3Fb%23c'],
    ['50%', '50%25'],
    ['a b', 'a%20b'],
    ['..1', '..1'],
    ['Ä', '%C3%84'],
  ])('encodes %j in the path', async (ean, encoded) => {
    const { catalog, calls } = answering(() => CONTEXT)
    await catalog.skuByEan(ean)
    expect(calls[0]?.path.split('/').pop()).toBe(encoded)
  })

  it.each([
    '',
    ' ',
    '.',
    '..',
    ' .. ',
    '../x',
    'x/..',
    '..\\x',
    '/',
    'a//b',
    '\ud800',
    '1'.repeat(256),
  ])('returns undefined without a request for the EAN %j', async (ean) => {
    const { catalog, calls } = answering(() => CONTEXT)
    expect(await catalog.skuByEan(ean)).toBeUndefined()
    expect(calls).toEqual([])
  })
})

describe('Catalog.skuDetails', () => {
  const binding = { SellerId: '2', SellerStockKeepingUnitId: 's7', IsActive: false }
  const told = { ...CONTEXT, ProductId: 70, SkuSellers: [binding] }

  it('returns the sellers and the product', async () => {
    const { catalog } = answering(() => told)
    expect(await catalog.skuDetails(7)).toMatchObject({
      productId: 70,
      sellers: [{ sellerId: '2', sellerSkuId: 's7', isActive: false }],
    })
  })

  it.each([
    [{ SkuSellers: undefined }],
    [{ SkuSellers: null }],
    [{ SkuSellers: [{ ...binding, IsActive: 'yes' }] }],
    [{ SkuSellers: [{ ...binding, SellerId: 2 }] }],
  ])('returns unknown sellers, and the rest, with %j', async (wrong) => {
    const { catalog } = answering(() => ({ ...told, ...wrong }))
    expect(await catalog.skuDetails(7)).toMatchObject({ skuId: 7, refId: 'R7', sellers: undefined })
  })
})

describe('Catalog.skuIdsByRefIds', () => {
  it('returns only ids of exactly the requested references', async () => {
    const { catalog, calls } = answering(() => ({
      R7: '7',
      R8: null,
      r9: '9',
      R10: '10',
      other: 'x',
    }))
    const found = await catalog.skuIdsByRefIds(['R7', 'R8', 'R9', 'R7', '__proto__', 'toString'])
    expect(found).toEqual(new Map([['R7', 7]]))
    expect(calls).toEqual([
      {
        path: '/api/catalog_system/pub/sku/stockkeepingunitidsbyrefids',
        body: ['R7', 'R8', 'R9', '__proto__', 'toString'],
      },
    ])
  })

  it('requests each reference once, a hundred at a time, and nothing for none', async () => {
    const refs = Array.from({ length: 250 }, (_, index) => `R${index % 205}`)
    const { catalog, calls } = answering(({ body }) =>
      Object.fromEntries((body as string[]).map((ref) => [ref, `1${ref.slice(1)}`]))
    )
    expect((await catalog.skuIdsByRefIds(refs)).size).toBe(205)
    expect(calls.map(({ body }) => (body as string[]).length)).toEqual([100, 100, 5])
    expect(await catalog.skuIdsByRefIds([])).toEqual(new Map())
    expect(calls.length).toBe(3)
  })

  it.each([['07'], ['x'], [7], ['9007199254740993'], [{ id: 7 }]])(
    'rejects as malformed if an id is %j',
    async (id) => {
      const { catalog } = answering(() => ({ R7: id }))
      const thrown = await catalog.skuIdsByRefIds(['R7']).catch((error: unknown) => error)
      expect(thrown).toBeInstanceOf(UpstreamError)
      expect(thrown).toMatchObject({
        kind: 'malformed',
        message: 'VTEX catalog: the id of a SKU by its reference: expected digits',
      })
    }
  )

  it.each([['text'], [['7']], [null]])('rejects as malformed the response %j', async (answer) => {
    const { catalog } = answering(() => answer)
    await expect(catalog.skuIdsByRefIds(['R7'])).rejects.toMatchObject({ kind: 'malformed' })
  })

  it('rejects as overloaded on a 429', async () => {
    await expect(answering(failing(429)).catalog.skuIdsByRefIds(['R7'])).rejects.toMatchObject({
      kind: 'overloaded',
    })
  })
})

describe('Catalog.stockedSku', () => {
  const asked = (more: object) => answering(() => ({ ...CONTEXT, ...more })).catalog.stockedSku(7)

  it('returns whether the SKU is a kit, and rejects if that is malformed', async () => {
    expect(await asked({ IsKit: true, KitItems: ['nonsense'] })).toMatchObject({ isKit: true })
    expect(await asked({ IsKit: false })).toMatchObject({ isKit: false })
    for (const IsKit of [undefined, null, 'true', 1]) {
      await expect(asked({ IsKit })).rejects.toMatchObject({
        ...{ kind: 'malformed', message: 'VTEX catalog: IsKit: expected true or false' },
      })
    }
  })
})

describe('Catalog.components', () => {
  const row = (StockKeepingUnitId: unknown, Quantity: unknown, StockKeepingUnitParent = 25) => ({
    ...{ Id: 1, StockKeepingUnitParent, StockKeepingUnitId, Quantity, UnitPrice: 9.5 },
  })
  const componentsOf = (answer: unknown) => answering(() => answer).catalog.components(25)

  it('reads one object and a list', async () => {
    const { catalog, calls } = answering(() => row(2, 2))
    expect(await catalog.components(25)).toEqual([{ skuId: 2, quantity: 2 }])
    expect(calls[0]?.path).toBe('/api/catalog/pvt/stockkeepingunitkit')
    expect(await componentsOf([row(2, 2), row(5, 1)])).toEqual([
      { skuId: 2, quantity: 2 },
      { skuId: 5, quantity: 1 },
    ])
  })

  it('adds up the units of a SKU that comes twice', async () => {
    expect(await componentsOf([row(2, 2), row(2, 1)])).toEqual([{ skuId: 2, quantity: 3 }])
  })

  it('returns no components if there is no composition', async () => {
    expect(await componentsOf([])).toEqual([])
    expect(await componentsOf(null)).toEqual([])
    expect(await answering(failing(404)).catalog.components(25)).toEqual([])
  })

  it.each([
    ['without a quantity', row(2, undefined)],
    ['of none', [row(2, 0)]],
    ['of fewer than none', row(2, -1)],
    ['of halves', row(2, 0.5)],
    ['of a quantity in words', row(2, '2')],
    ['of null', row(2, null)],
    ['of no SKU', row(null, 2)],
    ["that is another kit's", row(2, 2, 26)],
    ['that is an empty object', {}],
    ['that is an empty body', ''],
    ['that is text', 'Not found'],
    ['of a list with a hole', [row(2, 2), null]],
  ])('rejects as malformed a row %s', async (_, answer) => {
    await expect(componentsOf(answer)).rejects.toMatchObject({ kind: 'malformed' })
  })

  it('rejects as down if VTEX cannot tell', async () => {
    await expect(answering(failing(500)).catalog.components(25)).rejects.toMatchObject({
      kind: 'down',
    })
  })
})
