import { NEEDED, pageIn, problemIn } from '../../tests/centra/answers'
import { TOKEN } from '../../tests/centra/scriptedServer'

const readJson = (content: unknown) => pageIn(JSON.stringify(content))

describe('readJson', () => {
  it('returns rows, next and previous', () => {
    const products = [NEEDED, { ...NEEDED, stockItemId: 3132 }]
    const links = { previous: '?limit=2&page=2', next: '?limit=2&page=3' }
    expect(readJson({ status: 'ok', products, ...links, took: 3 })).toEqual({
      rows: products,
      ...links,
    })
  })

  it('reports one malformed row and returns the others', () => {
    const products = [NEEDED, { ...NEEDED, stockItemId: 3132, availableStock: null }, NEEDED]
    expect(readJson({ status: 'ok', products }).rows).toEqual([
      NEEDED,
      { stockItemId: 3132, problem: 'products[1].availableStock: expected a whole number' },
      NEEDED,
    ])
  })

  it('returns an empty page without products', () => {
    expect(readJson({ status: 'ok' })).toEqual({ rows: [] })
  })

  it('names unused fields of an unexpected type, once each', () => {
    const odd = { ...NEEDED, weight: '22,5', brand: 5 }
    const page = readJson({ status: 'ok', products: [odd, NEEDED, { ...odd, harmCode: 7 }] })
    expect(page.unexpected).toEqual(['brand', 'harmCode', 'weight'])
    expect(page.rows).toEqual([odd, NEEDED, { ...odd, harmCode: 7 }])
  })

  it.each([undefined, null, '', false])('returns no next page if next is %j', (next) => {
    expect(readJson({ status: 'ok', products: [], next })).toEqual({ rows: [] })
  })

  it.each<[string, object, string]>([
    ['products of null', { products: null }, 'products: expected a list'],
    ['products in an object', { products: { 0: NEEDED } }, 'products: expected a list'],
    ['a next that is no text', { products: [], next: 3 }, 'next: expected text'],
    [
      'a next without a query',
      { products: [], next: '/stock' },
      'next: expected a query, such as ?limit=2&page=3',
    ],
    [
      'a previous without a query',
      { products: [], previous: '?' },
      'previous: expected a query, such as ?limit=2&page=3',
    ],
  ])('rejects as malformed: %s', (_, content, message) => {
    expect(problemIn(JSON.stringify({ status: 'ok', ...content }))).toMatchObject({
      kind: 'malformed',
      message: `Centra: ${message}`,
    })
  })

  it.each<[unknown, string]>([
    [{ status: 'no', msg: 'Invalid date' }, 'status "no": Invalid date'],
    [{ status: 'no', msg: { modified: ['Invalid date'] } }, 'status "no": modified: Invalid date'],
    [{ status: 'no' }, 'status "no"'],
    [{ status: 'no', msg: null, code: 7, errors: { sku: 'x' } }, 'status "no": code 7; sku: x'],
    [{ status: 'no', errorMessages: ['a', 'b'], products: [NEEDED] }, 'status "no": a; b'],
    [{ status: 'no', msg: `bad token ${TOKEN}` }, 'status "no": bad token ***'],
    [{ status: `odd\n${TOKEN}`, msg: 'x' }, 'status "odd ***": x'],
    [{ status: '' }, 'status ""'],
    [{ status: 'OK', products: [NEEDED] }, 'status "OK"'],
    [{ products: [NEEDED] }, 'status: expected text'],
    [{ status: 1, products: [NEEDED] }, 'status: expected text'],
    [[NEEDED], 'status: expected text'],
  ])('rejects %j with its message', (content, message) => {
    expect(problemIn(JSON.stringify(content))).toMatchObject({
      kind: 'malformed',
      message: `Centra: ${message}`,
    })
  })

  it('rejects a switched-off endpoint as refused, also with HTTP 200', () => {
    expect(problemIn('{"status":"Not Allowed"}')).toMatchObject({ kind: 'refused' })
  })
})
