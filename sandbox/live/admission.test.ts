import fc from 'fast-check'
import { admitted, admittedAtCentra, NotAllowed, references } from './admission'

const STOCK = '/api/logistics/pvt/inventory/skus'
const IDS = '/api/catalog_system/pvt/sku/stockkeepingunitids'
const EAN = '/api/catalog_system/pvt/sku/stockkeepingunitbyean'
const REFS = '/api/catalog_system/pub/sku/stockkeepingunitidsbyrefids'
const BOUND = '/api/sku-binding/pvt/skuseller/paged/sellerid'

describe('admitted', () => {
  it.each([
    ['GET', `${STOCK}/7?an=shop`, `${STOCK}/7`],
    ['GET', `${IDS}?page=2&pagesize=1000&an=shop`, `${IDS}?page=2&pagesize=1000`],
    ['GET', `${EAN}/A%2F1?an=shop`, `${EAN}/A%2F1`],
    ['GET', `${EAN}/..1?an=shop`, `${EAN}/..1`],
    ['POST', `${REFS}?an=shop`, REFS],
  ])('lets %s %s out, without the account', (method, url, path) => {
    expect(admitted(method, url, 'shop')).toMatchObject({ method, path })
  })

  it.each([
    // Calls that write.
    ['PUT', `${STOCK}/7/warehouses/1_1?an=shop`],
    ['PUT', `${STOCK}/7?an=shop`],
    ['POST', `${STOCK}/7?an=shop`],
    ['DELETE', `${STOCK}/7?an=shop`],
    ['PATCH', `${STOCK}/7?an=shop`],
    ['get', `${STOCK}/7?an=shop`],
    ['POST', `${IDS}?page=1&pagesize=1&an=shop`],
    ['PUT', '/api/scheduler/master/vendor.app?version=4&an=shop'],
    ['POST', '/api/catalog/pvt/stockkeepingunitkit?an=shop'],
    // Other paths.
    ['GET', '/api/oms/pvt/orders?an=shop'],
    ['GET', `${REFS}?an=shop`],
    ['GET', `${STOCK}/7/?an=shop`],
    ['GET', `/${STOCK}/7?an=shop`],
    ['GET', `${STOCK}/7x?an=shop`],
    ['GET', `${STOCK}/-7?an=shop`],
    ['GET', `${STOCK}/?an=shop`],
    ['GET', `x${STOCK}/7?an=shop`],
    ['GET', `${STOCK.toUpperCase()}/7?an=shop`],
    ['GET', `${STOCK}/7#?an=shop`],
    ['GET', `${STOCK}/7\n?an=shop`],
    ['GET', `${STOCK}/../../orders?an=shop`],
    // Segments that lead elsewhere.
    ...[
      '..',
      '.',
      '%2e%2e',
      '%2E.',
      '..%2F..%2Forders',
      '%252e%252e',
      'a%5C..%5Cb',
      '%20..%20',
    ].map((segment) => ['GET', `${EAN}/${segment}?an=shop`]),
    ['GET', `${EAN}/a/b?an=shop`],
    ['GET', `${EAN}/a;b?an=shop`],
    ['GET', `${BOUND}/..?page=1&size=100&an=shop`],
    // Other parameters.
    ['GET', `${STOCK}/7`],
    ['GET', `${STOCK}/7?an=other`],
    ['GET', `${STOCK}/7?an=shop&an=shop`],
    ['GET', `${STOCK}/7?an=shop&page=1`],
    ['GET', `${IDS}?page=1&page=2&an=shop`],
    ['GET', `${IDS}?page=a&an=shop`],
    ['GET', `${IDS}?page=1&an=shop?an=shop`],
    ['GET', `${IDS}?page=1&_method=DELETE&an=shop`],
  ])('lets no %s %s out', (method, url) => {
    expect(() => admitted(method ?? '', url ?? '', 'shop')).toThrow(NotAllowed)
  })

  it('lets nothing out that is not a known path below /api, whatever it is made of', () => {
    const known =
      /^\/api\/(catalog_system\/p[uv][bt]\/sku\/stockkeepingunit|catalog\/pvt\/stockkeepingunitkit(\?|$)|logistics\/pvt\/(inventory\/skus\/\d+$|configuration\/warehouses$)|seller-register\/pvt\/sellers(\?|$)|sku-binding\/pvt\/skuseller\/paged\/sellerid\/|offer-manager\/pvt\/product\/\d+(\/sku\/\d+)?$)/
    const piece = fc.constantFrom(
      ...['/api', '/', '//', '7', '..', '%2e', '%2F', '\\', '?', '&', 'an=other', 'page=1', '%'],
      ...['#', ';', '@', '.evil.example', ' ', '\r\n', 'PUT', '*', '-', '%00', 'x', '']
    )
    const base = fc.constantFrom(
      ...[`${STOCK}/7`, IDS, `${EAN}/4006381333931`, REFS, `${BOUND}/shop`, '/api/oms/pvt/orders'],
      '/api/offer-manager/pvt/product/1/sku/2'
    )
    const insert = fc.tuple(piece, fc.double({ min: 0, max: 1, noNaN: true }))
    const url = fc.tuple(base, fc.array(insert, { maxLength: 3 })).map(([path, inserts]) =>
      inserts.reduce((text, [part, place]) => {
        const at = Math.round(place * text.length)
        return text.slice(0, at) + part + text.slice(at)
      }, `${path}?an=shop`)
    )
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD')
    let admittedOnes = 0
    fc.assert(
      fc.property(method, url, (verb, text) => {
        let call: ReturnType<typeof admitted>
        try {
          call = admitted(verb, text, 'shop')
        } catch (error) {
          expect(error).toBeInstanceOf(NotAllowed)
          return
        }
        admittedOnes++
        expect(verb).toBe(call.path === REFS ? 'POST' : 'GET')
        expect(call.path).toMatch(known)
        // As a server sees it that resolves what climbs.
        expect(new URL(call.path, 'https://shop.example').pathname).toBe(call.path.split('?')[0])
        expect(call.path).not.toMatch(/[\s\\#;@]|\/\//)
      }),
      { numRuns: 20_000 }
    )
    expect(admittedOnes).toBeGreaterThan(100)
  })
})

describe('references', () => {
  it.each(['["a","b"]', '[]'])('lets %s out', (body) => {
    expect(references(body)).toBe(body)
  })

  it.each(['{"a":1}', '[1]', '[["a"]]', '"a"', '', 'null', '["a"', '["a"]; drop'])(
    'lets %j not out',
    (body) => {
      expect(() => references(body)).toThrow(NotAllowed)
    }
  )
})

describe('admittedAtCentra', () => {
  const PATH = '/api/order/stock'

  it.each([PATH, `${PATH}?limit=5&page=2`])('lets GET %s out', (url) => {
    expect(admittedAtCentra('GET', url, PATH).path).toBe(url)
  })

  it.each([
    ['POST', PATH],
    ['DELETE', PATH],
    ['GET', `${PATH}/`],
    ['GET', '/api/order/orders'],
    ['GET', `${PATH}/../orders`],
    ['GET', '/api/order/stock%2F..%2Forders'],
  ])('lets no %s %s out', (method, url) => {
    expect(() => admittedAtCentra(method, url, PATH)).toThrow(NotAllowed)
  })
})
