import type { StockPage } from './answer'
import { stockPages } from './pages'

const rows = (...ids: number[]): StockPage['rows'] =>
  ids.map((stockItemId) => ({ stockItemId, problem: 'of no matter' }))

/** Pages by the query that leads to them; the first has none. */
function serving(pages: Record<string, StockPage>) {
  const asked: Array<string | undefined> = []
  const read = async (page?: string) => {
    asked.push(page)
    const found = pages[page ?? '']
    if (!found) throw new Error(`asked for ${page}`)
    return found
  }
  return { asked, read }
}

async function walk(read: (page?: string) => Promise<StockPage>, from?: string) {
  const seen: Array<{ page?: string; next?: string; ids: unknown[] }> = []
  try {
    for await (const { page, next, rows } of stockPages(read, from)) {
      seen.push({ page, next, ids: rows.map(({ stockItemId }) => stockItemId) })
    }
    return { seen, message: '' }
  } catch (thrown) {
    return { seen, message: (thrown as Error).message, thrown }
  }
}

describe('pages', () => {
  const three = {
    '': { rows: rows(1, 2), next: '?page=2' },
    '?page=2': { rows: rows(3, 4), next: '?page=3', previous: '?page=1' },
    '?page=3': { rows: rows(5) },
  }

  it('are read one after another, as each says which is next', async () => {
    const { read, asked } = serving(three)
    expect(await walk(read)).toMatchObject({
      message: '',
      seen: [
        { page: undefined, next: '?page=2', ids: [1, 2] },
        { page: '?page=2', next: '?page=3', ids: [3, 4] },
        { page: '?page=3', next: undefined, ids: [5] },
      ],
    })
    expect(asked).toEqual([undefined, '?page=2', '?page=3'])
  })

  it('are read from one on', async () => {
    const { read, asked } = serving(three)
    expect((await walk(read, '?page=2')).seen.map(({ ids }) => ids)).toEqual([[3, 4], [5]])
    expect(asked).toEqual(['?page=2', '?page=3'])
  })

  it('are asked for when they are wanted, and not before', async () => {
    const { read, asked } = serving(three)
    for await (const _ of stockPages(read)) break
    expect(asked).toEqual([undefined])
  })

  it('end with the error of one that cannot be read', async () => {
    const { read } = serving({ '': { rows: rows(1), next: '?page=9' } })
    expect(await walk(read)).toMatchObject({ message: 'asked for ?page=9', seen: [{ ids: [1] }] })
  })

  const back = 'Centra: next: leads back to a page that was read'
  it.each<[string, Record<string, StockPage>, string, number]>([
    [
      'to itself',
      { '': { rows: rows(1), next: '?page=2' }, '?page=2': { rows: rows(2), next: '?page=2' } },
      back,
      2,
    ],
    ['to the first page', { '': { rows: rows(1), next: '?' } }, back, 1],
    [
      'to one before, its parameters in another order',
      {
        '': { rows: rows(1), next: '?a=1&b=2' },
        '?a=1&b=2': { rows: rows(2), next: '?a=2' },
        '?a=2': { rows: rows(3), next: '?b=2&a=1' },
      },
      back,
      3,
    ],
    [
      'to a lower number, in a circle that began before',
      { '?limit=1&page=7': { rows: rows(7), next: '?page=6&limit=1' } },
      back,
      1,
    ],
    [
      'to the same rows, since Centra does not know the page',
      {
        '': { rows: rows(1, 2), next: '?page=2' },
        '?page=2': { rows: rows(1, 2), next: '?page=3' },
      },
      'Centra: next: leads to the same rows',
      1,
    ],
  ])('that lead %s end, after what was read', async (_, pages, message, read) => {
    const from = '' in pages ? undefined : Object.keys(pages)[0]
    const { seen, thrown, ...end } = await walk(serving(pages).read, from)
    expect(end.message).toBe(message)
    expect(thrown).toMatchObject({ trouble: 'malformed' })
    expect(seen).toHaveLength(read)
  })

  it('that go on for ever without a row end', async () => {
    let number = 1
    const read = async () => ({ rows: [], next: `?page=${++number}` })
    const { message } = await walk(read)
    expect(message).toBe('Centra: next: goes on where there are no more rows')
    expect(number).toBeLessThan(2_000)
  })

  it('may be empty, and have rows that cannot be told apart', async () => {
    const torn = [{ problem: 'of no matter' }]
    const { read } = serving({
      '': { rows: [], next: '?page=2' },
      '?page=2': { rows: [], next: '?page=3' },
      '?page=3': { rows: torn, next: '?page=4' },
      '?page=4': { rows: torn, next: '?page=5' },
      '?page=5': { rows: rows(1) },
    })
    expect(await walk(read)).toMatchObject({ message: '', seen: Array(5).fill({}) })
  })
})
