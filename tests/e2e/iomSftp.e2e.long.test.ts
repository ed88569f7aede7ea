import { readdir, readFile, rm, writeFile } from 'fs/promises'
import { join } from 'path'

import { App } from './support/app'

let app: App

beforeAll(async () => {
  app = await App.start({ skus: 300, delivery: 'iom-sftp', settings: { sellers: '' } })
})

afterAll(() => app.stop())

const done = async () => (await readdir(app.intershop.folders.archive)).sort()
const suppliersIn = (names: string[]) => [...new Set(names.map((name) => name.split('_')[1]))]

describe('stock for IOM', () => {
  it('arrives whole, in a file for each shop and supplier', async () => {
    expect((await app.exported()).status).toBe('completed')
    expect(await app.sandbox.compare()).toMatchObject({ differing: 0, missing: 0, surplus: 0 })
    expect((await app.intershop.files()).error).toEqual([])
    expect((await app.intershop.files()).inbox).toEqual([])
    const names = await done()
    for (const name of names) expect(name).toMatch(/^10000_\d{5}_\d{14}_BCG\.csv$/)
    expect(suppliersIn(names).length).toBeGreaterThan(2)
  })

  it('sorts by time: the quantity of a later export counts', async () => {
    const id = app.commerce.addSku()
    await app.exported(`export/start/${id}`)
    const before = await done()
    app.commerce.sell(id, 7)
    await app.exported(`export/start/${id}`)
    const after = await done()
    const last = after.filter((name) => name.startsWith('10000_20010_')).at(-1) ?? ''
    expect(before).not.toContain(last)
    const text = await readFile(join(app.intershop.folders.archive, last), 'utf8')
    expect(text).toContain(`\nREF-${id}||||23|1|0|`)
    expect(app.intershop.inventory.get(`REF-${id}`)?.quantity).toBe(23)
  })

  it('moves to importarticle/done once it is imported, and to importarticle/error if it cannot be', async () => {
    const { inbox, archive, error } = app.intershop.folders
    const name = '10000_20010_20200101000000_BCG.csv'
    await writeFile(join(inbox, name), 'no header\n')
    await app.intershop.idle()
    expect(await readdir(inbox)).toEqual([])
    const names = [inbox, archive, error].map((folder) => folder.split('/').slice(-2).join('/'))
    expect(names).toEqual(['importarticle/in', 'importarticle/done', 'importarticle/error'])
    expect(await readdir(error)).toContain(name)
    expect(await done()).not.toContain(name)
    await Promise.all([name, `${name}.txt`].map((each) => rm(join(error, each))))
  })

  it('leaves out what the format or the settings have no place for, as unmapped with the reason', async () => {
    await app.configure({ iomSuppliers: '1=20010' })
    app.commerce.addSku({ refId: 'A|B' })
    const report = await app.exported()
    const reasons = report.unmapped.map(({ message }) => message)
    expect(report.status).toBe('completed')
    expect(reasons).toContainEqual(expect.stringContaining('cannot carry'))
    expect(reasons).toContain('iomSuppliers has no supplier for seller 2')
    expect(app.intershop.inventory.get('A|B')).toBeUndefined()
  })
})

describe('reports while IOM imports nothing', () => {
  const HALF_AN_HOUR = 1_800_000

  it('count the files that wait, and warn from half an hour on', async () => {
    await app.configure({})
    app.intershop.importer.pause()
    const first = await app.ended(await app.accepted())
    const waiting = (await app.intershop.importer.waiting()).length
    expect(waiting).toBeGreaterThan(2)
    // Those of the last batch are not yet there.
    expect(first.drop?.files).toBeLessThan(waiting)
    // Files of others, also of a supplier that the app does not send.
    const others = ['10000_99999_20200101000000_BCG.csv', '20000_20010_20200101000000_BCG.csv']
    for (const name of others) await writeFile(join(app.intershop.folders.inbox, name), '')
    const second = await app.ended(await app.accepted())
    const own = (await app.intershop.importer.waiting()).filter((name) => !others.includes(name))
    expect(second.drop?.files).toBeGreaterThanOrEqual(waiting)
    expect(second.drop?.files).toBeLessThan(own.length)
    expect(second.notes.join()).not.toContain('importing')
    await app.live(HALF_AN_HOUR)
    const third = await app.ended(await app.accepted())
    expect(third.drop?.files).toBeGreaterThan(waiting)
    expect(third.drop?.oldestAgeSeconds).toBeGreaterThanOrEqual(HALF_AN_HOUR / 1_000)
    expect(third.notes).toContainEqual(
      expect.stringMatching(/^Intershop may not be importing: \d+ files/)
    )
    expect(await app.log()).toMatch(
      /"step":"batch.published".*"dropFiles":\d+,"dropOldestAgeSeconds":\d{4}/
    )
    for (const name of others) await rm(join(app.intershop.folders.inbox, name))
    app.intershop.importer.resume()
    await app.intershop.idle()
    const last = await app.exported()
    expect(last.drop?.files).toBeLessThan(last.files)
    expect(last.notes.join()).not.toContain('importing')
  })
})
