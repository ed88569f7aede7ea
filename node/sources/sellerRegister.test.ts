import type { SellerPage } from '../clients/sellers'
import { registeredSellers } from './sellerRegister'

const sellers = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `s${from + index}`,
    name: null,
    isActive: true,
  }))

async function read(page: (from: number) => SellerPage) {
  const ids: string[] = []
  for await (const { id } of registeredSellers(async (from) => page(from))) ids.push(id)
  return ids
}

describe('registeredSellers', () => {
  it('reads the register page by page, up to its total', async () => {
    const asked: number[] = []
    const ids = await read((from) => {
      asked.push(from)
      return { items: sellers(from, Math.min(100, 230 - from)), paging: { total: 230 } }
    })
    expect(ids).toEqual(sellers(0, 230).map(({ id }) => id))
    expect(asked).toEqual([0, 100, 200])
  })

  it('returns no seller for an empty register', async () => {
    expect(await read(() => ({ items: [], paging: { total: 0 } }))).toEqual([])
  })

  it('fails as malformed if sellers are missing before the total', async () => {
    const short = (from: number) => ({
      items: from === 0 ? sellers(0, 100) : [],
      paging: { total: 230 },
    })
    await expect(read(short)).rejects.toMatchObject({ kind: 'malformed' })
  })

  it('fails as malformed if a page comes again', async () => {
    let calls = 0
    const same = () => {
      calls++
      return { items: sellers(0, 100), paging: { total: 1_000_000 } }
    }
    await expect(read(same)).rejects.toMatchObject({
      kind: 'malformed',
      detail: expect.stringContaining('page 2 holds the same sellers as page 1'),
    })
    expect(calls).toBe(2)
  })

  it('fails as malformed after 200 pages', async () => {
    let calls = 0
    const endless = (from: number) => {
      calls++
      return { items: sellers(from, 100), paging: { total: from + 1_000 } }
    }
    await expect(read(endless)).rejects.toMatchObject({
      kind: 'malformed',
      detail: 'more than 200 pages of sellers',
    })
    expect(calls).toBe(201)
  })
})
