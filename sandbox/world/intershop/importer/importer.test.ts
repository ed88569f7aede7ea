import { existsSync, readdirSync, readFileSync, writeFileSync } from 'fs'
import { join } from 'path'
import { temporaryFolder } from '../../../common/temporary-folder'
import { Inventory } from '../inventory'
import { Importer, icmFormat } from './importer'

const folder = temporaryFolder()
afterAll(folder.remove)

let count = 0
function start(at = join(folder.path, String(++count))) {
  const options = {
    inbox: join(at, 'inbox'),
    archive: join(at, 'archive'),
    error: join(at, 'error'),
    delay: 1,
    format: icmFormat('StockQuantity'),
    archiveLimit: 2,
  }
  const journal = join(at, 'inventory.jsonl')
  const inventory = new Inventory(journal)
  const importer = new Importer({ ...options, inventory })
  const upload = (name: string, xml: string | Buffer) =>
    writeFileSync(join(options.inbox, name), xml)
  return { ...options, at, journal, inventory, importer, upload }
}

const file = (offers: string) => `<?xml version="1.0" encoding="UTF-8"?>
<enfinity xmlns="http://www.intershop.com/xml/ns/enfinity/7.1/xcs/impex"
  xmlns:dt="http://www.intershop.com/xml/ns/enfinity/6.5/core/impex-dt" major="6">${offers}</enfinity>`

const offer = (sku: string, quantity: number, observedAt = '2026-11-21T20:00:00.000Z') => `
<offer sku="${sku}" import-mode="UPDATE"><sku>${sku}</sku>
  <available>${quantity > 0 ? 1 : 0}</available>
  <availability-status>${quantity > 0 ? 1 : 0}</availability-status>
  <custom-attributes>
    <custom-attribute name="StockQuantity" dt:dt="int">${quantity}</custom-attribute>
    <custom-attribute name="StockSellerId" dt:dt="string">1</custom-attribute>
    <custom-attribute name="StockObservedAt" dt:dt="date">${observedAt}</custom-attribute>
  </custom-attributes></offer>`

const withSupplier = (content: string) =>
  offer('A', 1).replace('<custom-attributes>', `<supplier>${content}</supplier>$&`)

const supplierName = (name: string) => `<supplier-name>${name}</supplier-name>`

describe('Importer', () => {
  it('imports complete files, whatever their SKUs look like', async () => {
    const { importer, inventory, upload, archive } = start()
    upload('a.xml', file(offer('000123', 17) + offer('R&amp;D &#60;12&gt;', 0) + offer('12e4', 3)))
    upload('b.xml.part', 'half a fi')
    upload('.c.xml', 'half a fi')
    await importer.importNow()
    expect([...inventory.entries()].map(([sku, { quantity }]) => [sku, quantity])).toEqual([
      ['000123', 17],
      ['R&D <12>', 0],
      ['12e4', 3],
    ])
    expect(inventory.get('000123')).toEqual({
      quantity: 17,
      available: true,
      orderable: true,
      sellerId: '1',
      observedAt: Date.parse('2026-11-21T20:00:00.000Z'),
      file: 'a.xml',
    })
    expect(readdirSync(archive)).toEqual(['a.xml'])
    await importer.idle()
  })

  it('imports any number of offers whose SKUs consist of entities', async () => {
    const { importer, inventory, upload } = start()
    const names = Array.from({ length: 2_500 }, (_, index) => '<&>"'.repeat(20) + index)
    const escaped = names.map((name) =>
      name.replace(/[<&>"]/g, (char) => `&#${char.charCodeAt(0)};`)
    )
    upload('1.xml', file(escaped.map((name) => offer(name, 7)).join('')))
    upload('2.xml', file(offer('A', 1)))
    expect(await importer.importNow()).toEqual([
      { file: '1.xml', offers: 2_500 },
      { file: '2.xml', offers: 1 },
    ])
    expect([...inventory.entries()].map(([sku]) => sku)).toEqual([...names, 'A'])
  })

  it('counts characters, not UTF-16 units', async () => {
    const { importer, inventory, upload } = start()
    upload('1.xml', file(offer('😀'.repeat(256), 1) + withSupplier(supplierName('😀'.repeat(256)))))
    await importer.importNow()
    expect(inventory.size).toBe(2)
  })

  it('rejects a file that is not UTF-8 and imports the next one', async () => {
    const { importer, inventory, upload, error } = start()
    upload('1.xml', Buffer.from(file(offer('\u00fc', 1)), 'latin1'))
    upload('2.xml', file(offer('A', 1)))
    await importer.importNow()
    expect(readFileSync(join(error, '1.xml.txt'), 'utf8')).toContain('not UTF-8')
    expect(inventory.size).toBe(1)
  })

  it('lets the later file name win, even with an earlier observation time', async () => {
    const { importer, inventory, upload } = start()
    upload('2.xml', file(offer('A', 1, '2026-01-01T00:00:00Z')))
    upload('1.xml', file(offer('A', 9, '2026-11-01T00:00:00Z')))
    await importer.importNow()
    expect(inventory.get('A')).toMatchObject({ quantity: 1, file: '2.xml' })
  })

  it('keeps offers that are not in the file', async () => {
    const { importer, inventory, upload } = start()
    upload('1.xml', file(offer('A', 5) + offer('B', 6)))
    upload('2.xml', file('<offer sku="A"><available>0</available></offer>'))
    await importer.importNow()
    expect(inventory.get('A')).toMatchObject({ available: false, orderable: true, quantity: 5 })
    expect(inventory.get('B')).toMatchObject({ quantity: 6, file: '1.xml' })
  })

  it.each([
    ['malformed XML', file(offer('A', 1)).replace('</offer>', '')],
    ['root element', '<catalog/>'],
    ['no sku', file('<offer><available>1</available></offer>')],
    ['its <sku> says B', file(offer('A', 1).replace('<sku>A', '<sku>B'))],
    ['import-mode must be UPDATE', file(offer('A', 1).replace('UPDATE', 'REPLACE'))],
    ['dt:dt must be of the form ^(int|double', file(offer('A', 1).replace('"int"', '"integer"'))],
    ['"1.5" is not of type int', file(offer('A', 1.5))],
    ['"yesterday" is not of type date', file(offer('A', 1, 'yesterday'))],
    ['must be 0 or 1', file(offer('A', 1).replace('<available>1', '<available>true'))],
    ['<stock> is not expected', file(offer('A', 1).replace('<sku>A</sku>', '<stock>1</stock>'))],
    ['<product> is not expected', file('<product sku="A"/>')],
    ['at most 256', file(offer('A'.repeat(257), 1))],
    ['must be <enfinity> of', file(offer('A', 1)).replace('/7.1/', '/7.0/')],
    ['must be <enfinity> of', file(offer('A', 1)).replace(/xmlns="[^"]*"/, '')],
    ['unbound namespace prefix', file(offer('A', 1)).replace(/xmlns:dt="[^"]*"/, '')],
    ['impex-nt}dt is not expected', file(offer('A', 1)).replace('impex-dt"', 'impex-nt"')],
    [
      '<{x}stock> is not expected',
      file(offer('A', 1).replace('<sku>A', '<stock xmlns="x"/><sku>A')),
    ],
    ['<supplier>: <name> is not', file(withSupplier('<name>Kronan</name>'))],
    ['<supplier>: text is not', file(withSupplier('Kronan'))],
    ['<supplier-name> must be at most 256', file(withSupplier(supplierName('K'.repeat(257))))],
    [
      '<sku> comes more than once',
      file(offer('A', 1).replace('<sku>A</sku>', '<sku>A</sku>'.repeat(2))),
    ],
    ['the attribute stock is not', file(offer('A', 1).replace('sku="A"', 'sku="A" stock="1"'))],
    ['the attribute name is missing', file(offer('A', 1).replace('name="StockSellerId"', ''))],
    ['text is not expected', file(offer('A', 1).replace('<available>', '17 <available>'))],
    ['disallowed character', file(offer('A\u0001', 1))],
    ['malformed character entity', file(offer('A&#1;', 1))],
    ['major must be', file(offer('A', 1)).replace('major="6"', 'major="66"')],
    ['encoding must be UTF-8', file(offer('A', 1)).replace('UTF-8', 'ISO-8859-1')],
  ])('rejects a whole file with its reason: %s', async (reason, xml) => {
    const { importer, inventory, upload, error } = start()
    upload('bad.xml', xml.replace('</enfinity>', `${offer('GOOD', 1)}</enfinity>`))
    await importer.importNow()
    expect(inventory.size).toBe(0)
    expect(readFileSync(join(error, 'bad.xml.txt'), 'utf8')).toContain(reason)
    expect(existsSync(join(error, 'bad.xml'))).toBe(true)
  })

  it('runs automatically, stops while paused, and prunes its archive by name', async () => {
    const { importer, inventory, upload, archive } = start()
    importer.pause()
    importer.start()
    for (const name of ['1', '2', '3']) upload(`${name}.xml`, file(offer(name, 1)))
    expect(await importer.waiting()).toEqual(['1.xml', '2.xml', '3.xml'])
    expect(inventory.size).toBe(0)
    importer.resume()
    await importer.idle()
    await importer.stop()
    expect(inventory.size).toBe(3)
    expect(readdirSync(archive)).toEqual(['2.xml', '3.xml'])
  })

  it('keeps its offers over a restart, in a compacted journal', async () => {
    const before = start()
    const many = Array.from({ length: 1000 }, (_, sku) => offer(String(sku), sku))
    for (let name = 10; name < 23; name++) {
      before.upload(`${name}.xml`, file(many.join('')))
      await before.importer.importNow()
    }
    const size = readFileSync(before.journal).length
    const after = start(before.at)
    expect([...after.inventory.entries()]).toEqual([...before.inventory.entries()])
    expect(readFileSync(before.journal).length).toBeLessThan(size / 5)
    expect([...start(before.at).inventory.entries()]).toEqual([...before.inventory.entries()])
  })
})
