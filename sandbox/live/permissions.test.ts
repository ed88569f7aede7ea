import { admitted } from './admission'
import { type AllowedCall, RESOURCES, type Resource, VTEX_CALLS } from './allowed-calls'
import type { LiveHosts } from './live-hosts'
import { lacksOf, opensNothing, type Survey, survey } from './permissions'

type Answer = Awaited<ReturnType<LiveHosts['ask']>>

const ALL = Object.keys(RESOURCES) as Resource[]
const CONTENT: Record<string, unknown> = {
  [VTEX_CALLS.skuIds.name]: [71, 72],
  [VTEX_CALLS.skuById.name]: {
    ProductId: 7,
    AlternateIds: { Ean: '4006381333931', RefId: 'R-71' },
  },
  [VTEX_CALLS.sellers.name]: {
    items: [
      { id: '1', name: 'Own', isActive: true },
      { id: 'other', name: null, isActive: false },
    ],
    paging: { total: 2 },
  },
}

const answerOf = (status: number, body: unknown = '', headers = {}): Answer => ({
  status,
  headers,
  body: JSON.stringify(body),
})

/** A VTEX to which each call is answered as `respond` says, and what it was asked. */
function answering(respond: (name: string, asked: number) => Answer | Error) {
  const asked: string[] = []
  const waits: number[] = []
  const ask: LiveHosts['ask'] = async ({ method, path }, body) => {
    asked.push(`${method} ${path}${body ? ` ${body}` : ''}`)
    const url = `${path}${path.includes('?') ? '&' : '?'}an=shop`
    const answer = respond(admitted(method, url, 'shop').name, asked.length)
    if (answer instanceof Error) throw answer
    return answer
  }
  const wait = async (ms: number) => {
    waits.push(ms)
  }
  const looking = () => survey({ ask }, new AbortController().signal, wait)
  return { asked, waits, looking }
}

const needsOf = (name: string): readonly Resource[] =>
  Object.values<AllowedCall>(VTEX_CALLS).find((call) => call.name === name)?.needs ?? []

/** A key with some of the resources. */
const having = (resources: readonly Resource[]) =>
  answering((name) =>
    needsOf(name).every((need) => resources.includes(need))
      ? answerOf(200, CONTENT[name] ?? {})
      : answerOf(403, 'Access denied.')
  )

const outcomes = ({ probes }: Survey) => new Set(probes.map(({ outcome }) => outcome))

describe('survey', () => {
  it('makes each call of the list once, with what the ones before it brought', async () => {
    const { asked, looking } = having(ALL)
    const found = await looking()
    expect(asked).toEqual([
      'GET /api/catalog_system/pvt/sku/stockkeepingunitids?page=1&pagesize=1000',
      'GET /api/catalog_system/pvt/sku/stockkeepingunitbyid/71',
      'GET /api/catalog_system/pvt/sku/stockkeepingunitbyean/4006381333931',
      'POST /api/catalog_system/pub/sku/stockkeepingunitidsbyrefids ["R-71"]',
      'GET /api/catalog/pvt/stockkeepingunitkit?parentSkuId=71',
      'GET /api/logistics/pvt/configuration/warehouses',
      'GET /api/logistics/pvt/inventory/skus/71',
      'GET /api/seller-register/pvt/sellers?from=0&to=100',
      'GET /api/sku-binding/pvt/skuseller/paged/sellerid/other?page=1&size=100',
      'GET /api/offer-manager/pvt/product/7/sku/71',
      'GET /api/offer-manager/pvt/product/7',
    ])
    expect(outcomes(found)).toEqual(new Set(['allowed']))
    expect(lacksOf(found.probes)).toEqual([])
    expect(found.sellers).toMatchObject({ total: 2, first: [{ id: '1' }, { id: 'other' }] })
  })

  it('takes a thing that is not there for allowed', async () => {
    const { looking } = answering(() => answerOf(404))
    expect(outcomes(await looking())).toEqual(new Set(['allowed']))
  })

  it('asks again after 429, 5xx and a connection that was cut, and waits as it is told', async () => {
    const cut = Object.assign(new Error('secret'), { code: 'ECONNRESET' })
    const first = [answerOf(429, '', { 'retry-after': '3' }), answerOf(503), cut]
    const { waits, looking } = answering((name, n) => first[n - 1] ?? answerOf(200, CONTENT[name]))
    expect(outcomes(await looking())).toEqual(new Set(['allowed']))
    expect(waits).toEqual([3_000, 2_000, 4_000])
  })

  it('does not know what it could not ask, and says why', async () => {
    const { looking } = answering(() => answerOf(500, 'secret'))
    const { probes, sellers } = await looking()
    expect(new Set(probes.map(({ outcome, reason }) => `${outcome}: ${reason}`))).toEqual(
      new Set(['unknown: status 500'])
    )
    expect(sellers).toBeUndefined()
    expect(lacksOf(probes)).toEqual([])
  })

  it.each(['CERT_HAS_EXPIRED', 'ENOTFOUND', 'DEPTH_ZERO_SELF_SIGNED_CERT'])(
    'does not ask again after %s',
    async (code) => {
      const { asked, looking } = answering(() => Object.assign(new Error('secret'), { code }))
      const { probes } = await looking()
      expect(asked).toHaveLength(probes.length)
      expect(probes[0]).toMatchObject({ outcome: 'unknown', reason: code })
    }
  )

  it('ends when it is told to', async () => {
    const ending = new AbortController()
    const reason = new Error('ended')
    const ask: LiveHosts['ask'] = async () => {
      ending.abort(reason)
      throw new Error('aborted')
    }
    await expect(survey({ ask }, ending.signal)).rejects.toBe(reason)
  })
})

describe('lacksOf', () => {
  it.each<[Resource, Resource[], Resource[]]>([
    ['LogisticsViewer', ['LogisticsViewer'], []],
    ['view-seller', ['view-seller'], []],
    ['Sku.aspx', ['Sku.aspx'], []],
    // Every call that needs SKUs needs View Product, too.
    ['ViewProduct', ['ViewProduct'], ['Sku.aspx']],
  ])('returns %s, and the calls that need it', async (lacking, resources, unknown) => {
    const { probes } = await having(ALL.filter((each) => each !== lacking)).looking()
    const [lack, ...more] = lacksOf(probes)
    expect(more).toEqual([])
    expect(lack).toMatchObject({ resources, unknown })
    expect(new Set(lack?.calls)).toEqual(
      new Set(Object.values<AllowedCall>(VTEX_CALLS).filter(({ needs }) => needs.includes(lacking)))
    )
    expect(opensNothing(probes)).toBe(false)
  })

  it('returns two resources if no call tells them apart', async () => {
    const probes = (['skuIds', 'skuById'] as const).map((name) => ({
      ...{ call: VTEX_CALLS[name], outcome: 'forbidden' as const, reason: 'status 403' },
    }))
    expect(lacksOf(probes)).toMatchObject([{ resources: ['Sku.aspx', 'ViewProduct'], unknown: [] }])
  })

  it('returns what a rejected call needs though other calls had that resource', () => {
    const probe = (name: keyof typeof VTEX_CALLS, outcome: 'allowed' | 'forbidden') => ({
      ...{ call: VTEX_CALLS[name], outcome, reason: '' },
    })
    expect(lacksOf([probe('warehouses', 'allowed'), probe('stock', 'forbidden')])).toMatchObject([
      { resources: ['LogisticsViewer'], calls: [VTEX_CALLS.stock] },
    ])
  })

  it.each([
    [401, true],
    [403, true],
    [500, false],
  ])('opensNothing is, if each call gets %i, %s', async (status, expected) => {
    const { looking } = answering(() => answerOf(status))
    expect(opensNothing((await looking()).probes)).toBe(expected)
  })
})
