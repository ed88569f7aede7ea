import { readdir, readFile } from 'fs/promises'
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
