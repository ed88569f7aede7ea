import { NEEDED, pageIn, problemIn } from '../../tests/centra/answers'

const element = ([name, value]: [string, unknown]) => `<${name}>${value}</${name}>`
const elements = (fields: object) => Object.entries(fields).map(element).join('')
const inXml = (content: string, root = 'response') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<${root}><status>ok</status>${content}</${root}>`

describe('readXml', () => {
  const one = elements({ ...NEEDED, active: 1 })
  const two = elements({ ...NEEDED, active: 0, stockItemId: 3132, availableStock: -1 })
  const rows = [NEEDED, { ...NEEDED, active: false, stockItemId: 3132, availableStock: -1 }]

  it.each([
    ['in products', `<products><product>${one}</product><product>${two}</product></products>`],
    ['by another name', `<products><item>${one}</item><item>${two}</item></products>`],
    ['by different names', `<products><item0>${one}</item0><item1>${two}</item1></products>`],
    ['as products', `<products>${one}</products><products>${two}</products>`],
    ['with blanks', `\n <products>\n <p>\n${one}\n</p><p>${two}</p></products>\n`],
    ['with attributes', `<products n="2"><p i="0">${one}</p><p i="1">${two}</p></products>`],
  ])('reads rows %s', (_, content) => {
    expect(pageIn(inXml(content))).toEqual({ rows })
  })

  it('names unused fields of an unexpected type', () => {
    const odd = elements({ ...NEEDED, physicalStock: 'many', weight: '22,5', brand: '<b>1</b>' })
    const { rows, unexpected } = pageIn(inXml(`<products><p>${odd}</p></products>`))
    const kept = { physicalStock: 'many', weight: '22,5', brand: { b: '1' } }
    expect([rows, unexpected]).toEqual([[{ ...NEEDED, ...kept }], Object.keys(kept).sort()])
  })

  it('reads one row, or none', () => {
    expect(pageIn(inXml(`<products><product>${one}</product></products>`)).rows).toEqual([NEEDED])
    expect(pageIn(inXml(`<products>${one}</products>`)).rows).toEqual([NEEDED])
    for (const none of ['', '<products/>', '<products></products>', '<products>\n</products>']) {
      expect(pageIn(inXml(none)).rows).toEqual([])
    }
  })

  it.each(['response', 'stock', 'xml-1', 'ns:root'])('accepts the root %s', (root) => {
    expect(pageIn(inXml('<products/>', root))).toEqual({ rows: [] })
  })

  it('accepts a namespace', () => {
    const document = inXml(`<products><product>${one}</product></products>`)
    const named = document.replace(/<(\/?)(?=[a-zA-Z])/g, '<$1ns:')
    expect(named).toContain('<ns:status>ok</ns:status>')
    expect(pageIn(named)).toEqual({ rows: [NEEDED] })
  })

  it('returns every field as readJson does', () => {
    const texts = {
      ...{ sku: '00120', variantSku: '1e3', sizeSku: 'XL', ean: '0123456789012', upc: '01' },
      ...{ brand: 'B', collection: 'C', product: 'P', variant: 'V', size: 'S', weightUnit: 'kg' },
      ...{ countryOfOrigin: 'SE', harmCode: '0712', harmDescription: 'Cyklar' },
    }
    const numbers = {
      ...{ stockItemId: 3131, productId: 10, variantId: 9 },
      ...{ physicalStock: 5, allocatedStock: 1, availableStock: 4 },
    }
    const row = { ...texts, ...numbers, weight: '22.50', active: 'true' }
    expect(pageIn(inXml(`<products><product>${elements(row)}</product></products>`)).rows).toEqual([
      { ...row, weight: 22.5, active: true },
    ])
  })

  it('returns an empty element as readJson returns null', () => {
    const empty = ['ean', 'brand', 'weight', 'productId', 'physicalStock', 'sizeSku'].map(
      (name) => `<${name}/>`
    )
    const row = elements({ ...NEEDED, sizeSku: undefined }).replace(
      '<sizeSku>undefined</sizeSku>',
      ''
    )
    expect(pageIn(inXml(`<products><p>${row}${empty.join('')}</p></products>`)).rows).toEqual([
      { ...NEEDED, sizeSku: '' },
    ])
  })

  it.each([
    ['&amp;', '?limit=2&amp;page=3'],
    ['&#38;', '?limit=2&#38;page=3'],
    ['CDATA', '<![CDATA[?limit=2&page=3]]>'],
    ['a URL', 'https://acme.centra.com/api/x/stock?limit=2&amp;page=3'],
  ])('reads next with %s', (_, next) => {
    const links = `<next>${next}</next><previous/>`
    expect(pageIn(inXml(`<products/>${links}`))).toEqual({ rows: [], next: '?limit=2&page=3' })
  })

  it('decodes every character in texts', () => {
    const brand = '&lt;b&gt; &quot;&amp;&apos; &#246;&#xF6; &#x1F6B2; ö'
    const row = elements({ ...NEEDED, brand })
    expect(pageIn(inXml(`<products><p>${row}</p></products>`)).rows).toMatchObject([
      { brand: `<b> "&' öö 🚲 ö` },
    ])
  })

  it('decodes thousands of predefined entities', () => {
    const rows = Array(3_000).fill(`<p>${elements({ ...NEEDED, brand: '&quot;&lt;' })}</p>`)
    expect(pageIn(inXml(`<products>${rows.join('')}</products>`)).rows).toHaveLength(3_000)
  })

  it.each([
    ['availableStock', '', 'a whole number'],
    ['availableStock', '4.5', 'a whole number'],
    ['availableStock', '<x/>', 'a whole number'],
    ['stockItemId', 'x', 'a whole number'],
    ['active', 'yes', 'true or false'],
    ['sku', '<a>1</a>', 'text'],
  ])('reports the row and its field %s if it is "%s"', (name, value, expected) => {
    const bad = elements({ ...NEEDED, [name]: value })
    const { rows } = pageIn(inXml(`<products><p>${one}</p><p>${bad}</p></products>`))
    expect(rows).toMatchObject([NEEDED, { problem: `products[1].${name}: expected ${expected}` }])
  })

  it.each([
    ['<msg>Invalid date</msg>', 'status "no": Invalid date'],
    ['<msg><modified>Invalid date</modified></msg>', 'status "no": modified: Invalid date'],
    ['<code>7</code><errors><e>a</e><e>b</e></errors>', 'status "no": code 7; e: a; e: b'],
    ['', 'status "no"'],
  ])('rejects status no with %s, with its message', (content, message) => {
    expect(problemIn(`<r><status>no</status>${content}</r>`)).toMatchObject({
      kind: 'malformed',
      message: `Centra: ${message}`,
    })
  })

  it.each([
    ['breaks off', inXml(`<products><p>${one}</p></products>`).slice(0, -12)],
    ['is no document', '<'],
    ['has no root', '<?xml version="1.0"?>'],
    ['is one text', '<r>ok</r>'],
    ['has a text for products', inXml('<products>none</products>')],
    ['has no status', '<r><products/></r>'],
    ['has two', '<r><status>ok</status><status>no</status><products/></r>'],
  ])('rejects as malformed a document that %s', (_, body) => {
    expect(problemIn(body)).toMatchObject({ kind: 'malformed' })
  })

  it.each([
    ['one that grows', '<!ENTITY a "aaaaaaaaaa">', '&a;'],
    ['ones of ones', '<!ENTITY a "x"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">', '&c;'],
    ['a file', '<!ENTITY a SYSTEM "file:///etc/passwd">', '&a;'],
    ['very many', Array.from({ length: 2_000 }, (_, n) => `<!ENTITY e${n} "x">`).join(''), '&e0;'],
  ])('expands no entities of a document: %s', (_, entities, use) => {
    const content = `<products><p>${elements({ ...NEEDED, brand: use })}</p></products>`
    const document = `<!DOCTYPE r [${entities}]><r><status>ok</status>${content}</r>`
    const outcome = JSON.stringify(problemIn(document)) + JSON.stringify(tolerant(document))
    expect(outcome).not.toMatch(/aaaaaaaaaa|root:|xxx/)
    expect(outcome.length).toBeLessThan(1_000)
  })

  it('rejects endless nesting as malformed', () => {
    expect(problemIn('<a>'.repeat(50_000))).toMatchObject({ kind: 'malformed' })
    expect(problemIn('<a>'.repeat(50_000) + '</a>'.repeat(50_000))).toMatchObject({
      kind: 'malformed',
    })
  })
})

/** The page, or nothing where it cannot be read. */
function tolerant(body: string): unknown {
  try {
    return pageIn(body)
  } catch {
    return undefined
  }
}
