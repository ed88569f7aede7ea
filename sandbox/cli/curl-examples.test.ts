import { curlExamples } from './curl-examples'

const URL = 'http://127.0.0.1:8080'
const OTHER = { skuId: 9, sellerId: 'shop' }

describe('curlExamples', () => {
  it('prints one title above each command', () => {
    const text = curlExamples(URL, 'e1', {
      skuId: 7,
      offerSku: "O'N",
      stockItemId: 3,
      other: OTHER,
    })
    const lines = text.split('\n').filter((line) => line.startsWith(' '))
    lines.forEach((line, index) => {
      expect(line).toMatch(index % 2 === 0 ? /^ {2}# [A-Z]/ : /^ {2}curl -[is] .*'$/)
    })
    expect(text).toContain(`curl -s '${URL}/_sandbox/intershop/inventory?sku=O%27N'`)
    expect(text).toContain(
      `curl -s -X POST -H 'content-type: application/json' -d '{"units":1}' '${URL}/_sandbox/stock/7/sell'`
    )
    expect(text).toContain(
      `curl -i -X DELETE -H 'token: sandbox-token' '${URL}/_v/intershop/stock/exports/e1'`
    )
  })

  it('leaves out Centra and other sellers where the sandbox has none', () => {
    const text = curlExamples(URL, 'e1', { skuId: 7, offerSku: '7' })
    expect(text).not.toContain('/centra/')
    expect(text).not.toContain('/sellers/')
  })
})
