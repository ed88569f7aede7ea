import { CentraTestServer } from './test-server'

let centra: CentraTestServer

beforeEach(async () => {
  centra = await CentraTestServer.start()
})
afterEach(() => centra.stop())

/** Whether `stock_modified={date}` selects a row whose stock changed at a moment. */
async function selects(date: string, moment: string): Promise<boolean> {
  const [row] = centra.company.rows()
  centra.company.restock(row?.stockItemId ?? 0, 1, Date.parse(moment))
  return (await centra.ids({ stock_modified: date })).includes(row?.stockItemId)
}

describe('the behaviour `after`', () => {
  it.each([
    ['exclusive', false],
    ['inclusive', true],
  ] as const)('%s selects a change in the same second: %s', async (after, selected) => {
    centra.set({ after })
    expect(await selects('2026-06-01 12:00:00', '2026-06-01T10:00:00Z')).toBe(selected)
    expect(await selects('2026-06-01 12:00:00', '2026-06-01T10:00:00.999Z')).toBe(selected)
    expect(await selects('2026-06-01 12:00:00', '2026-06-01T09:59:59.999Z')).toBe(false)
    expect(await selects('2026-06-01 12:00:00', '2026-06-01T10:00:01Z')).toBe(true)
    expect(await selects('2026-06-01', '2026-05-31T22:00:00Z')).toBe(selected)
  })
})

describe('the behaviour timeZone', () => {
  it.each([
    ['Europe/Stockholm', '2026-01-15 13:00:00'],
    ['America/New_York', '2026-01-15 07:00:00'],
    ['Asia/Kolkata', '2026-01-15 17:30:00'],
    ['Pacific/Kiritimati', '2026-01-16 02:00:00'],
    ['UTC', '2026-01-15 12:00:00'],
  ])('reads and writes dates in %s', async (timeZone, date) => {
    centra.set({ timeZone })
    expect(await selects(date, '2026-01-15T12:00:00Z')).toBe(false)
    expect(await selects(date, '2026-01-15T12:00:01Z')).toBe(true)
    const [row] = centra.company.rows()
    const [product] = (await centra.get({ limit: '1' })).products
    expect(product?.createdAt).toBe(
      new Date(row?.created ?? 0).toLocaleString('sv-SE', { timeZone })
    )
  })
})

describe('the behaviour clockSkew', () => {
  it.each([
    [30_000, '2026-06-01 12:00:29', '2026-06-01 12:00:30'],
    [-30_000, '2026-06-01 11:59:29', '2026-06-01 11:59:30'],
  ])('shifts the times of changes by %i ms', async (clockSkew, before, then) => {
    centra.set({ clockSkew })
    expect(await selects(before, '2026-06-01T10:00:00Z')).toBe(true)
    expect(await selects(then, '2026-06-01T10:00:00Z')).toBe(false)
  })
})

// In autumn the hour before the change comes twice: 02:00 to 03:00 in Stockholm, 01:00 to 02:00 in New York.
describe.each([
  {
    timeZone: 'Europe/Stockholm',
    date: '2026-10-25 02:30:00',
    first: ['2026-10-25T00:29:59Z', '2026-10-25T00:30:01Z'],
    second: ['2026-10-25T01:29:59Z', '2026-10-25T01:30:01Z'],
    between: '2026-10-25T01:10:00Z',
  },
  {
    timeZone: 'America/New_York',
    date: '2026-11-01 01:30:00',
    first: ['2026-11-01T05:29:59Z', '2026-11-01T05:30:01Z'],
    second: ['2026-11-01T06:29:59Z', '2026-11-01T06:30:01Z'],
    between: '2026-11-01T06:10:00Z',
  },
])('$timeZone, $date, which comes twice', ({ timeZone, date, first, second, between }) => {
  const outcome = async (moments: readonly string[]) => {
    const selected = []
    for (const moment of moments) selected.push(await selects(date, moment))
    return selected
  }

  it('excludes a later change in the repeated hour with dates wallClock', async () => {
    centra.set({ timeZone, dates: 'wallClock' })
    expect(await outcome(first)).toEqual([false, true])
    expect(await outcome([between])).toEqual([false])
    expect(await outcome(second)).toEqual([false, true])
  })

  it('selects all changes after the first time with dates first', async () => {
    centra.set({ timeZone, dates: 'first' })
    expect(await outcome([...first, between, ...second])).toEqual([false, true, true, true, true])
  })

  it('selects only changes after the second time with dates second', async () => {
    centra.set({ timeZone, dates: 'second' })
    expect(await outcome([...first, between, ...second])).toEqual([
      false,
      false,
      false,
      false,
      true,
    ])
  })
})

// In spring an hour is left out: 02:00 to 03:00 in both.
describe.each([
  { timeZone: 'Europe/Stockholm', date: '2026-03-29', change: '2026-03-29T01:00:00Z' },
  { timeZone: 'America/New_York', date: '2026-03-08', change: '2026-03-08T07:00:00Z' },
])('$timeZone, $date, which has no 02:30', ({ timeZone, date, change }) => {
  const at = (minutes: number) => new Date(Date.parse(change) + minutes * 60_000).toISOString()

  it.each(['wallClock', 'first', 'second'] as const)('reads it with dates %s', async (dates) => {
    centra.set({ timeZone, dates })
    expect(await selects(`${date} 01:59:59`, at(0))).toBe(true)
    expect(await selects(`${date} 02:30:00`, at(-1))).toBe(false)
    expect(await selects(`${date} 02:30:00`, at(31))).toBe(true)
    // As a text, 03:00 is after 02:30; as a moment, 02:30 is what the clocks show as 03:30.
    expect(await selects(`${date} 02:30:00`, at(1))).toBe(dates === 'wallClock')
    expect(await selects(`${date} 03:30:00`, at(29))).toBe(false)
    expect(await selects(`${date} 03:30:00`, at(31))).toBe(true)
  })
})
