import { type CentraBehaviour, DEFAULT_BEHAVIOUR } from '../../sandbox/world/centra/behaviour'
import type { App } from './support/app'
import {
  companyOf,
  expectAsTheSourcesSay,
  expectedOfRows,
  sellableRows,
  sellRows,
} from './support/centra'
import { broughtBy } from './support/changes'
import { MINUTE, TimeMachine } from './support/timeMachine'

type Clock = Pick<CentraBehaviour, 'dates' | 'after'>

/** When clocks change after this was written, in the order in which they come. UTC. */
const CHANGES: [timeZone: string, season: string, at: string][] = [
  ['America/New_York', 'spring', '2027-03-14T07:00:00Z'],
  ['Europe/Stockholm', 'spring', '2027-03-28T01:00:00Z'],
  ['Europe/Stockholm', 'autumn', '2027-10-31T01:00:00Z'],
  ['America/New_York', 'autumn', '2027-11-07T06:00:00Z'],
]

/** What a server may make of a date. */
const CLOCKS: Clock[] = (['wallClock', 'first', 'second'] as const).flatMap((dates) =>
  (['exclusive', 'inclusive'] as const).map((after) => ({ dates, after }))
)

/** Minutes around the change of clocks, at each of which a row is sold. */
const MOMENTS = [-25, -5, 0, 5, 25, 45, 61, 75]
const BEFORE = 30 * MINUTE
const AFTER = 80 * MINUTE

let machine: TimeMachine
let app: App
let rows: number[]

beforeAll(async () => {
  machine = await TimeMachine.start({
    skus: 40,
    centra: true,
    settings: { centraSellerId: '1', sellers: '1' },
  })
  app = machine.app
  rows = await sellableRows(app, MOMENTS.length)
})

afterAll(() => machine.stop())

const travelTo = (moment: number) => machine.travel(moment - machine.now)

/** Sells a unit of a row at each of the moments. */
function sellAround(change: number) {
  MOMENTS.forEach((minutes, index) => {
    sellRows(app, rows.slice(index, index + 1), change + minutes * MINUTE)
  })
}

/** The rows whose offers are not among what an export by a route brought. */
async function missedBy(route: string) {
  const said = await broughtBy(app, () => app.exported(route))
  const expected = await Promise.all(rows.map((row) => expectedOfRows(app, [row])))
  const isSaid = (offer: string) => said.some((each) => String(each) === offer)
  return MOMENTS.filter((_, index) => !isSaid(String(expected[index]?.[0])))
}

describe.each(CHANGES)('where clocks in %s change in %s', (timeZone, _, at) => {
  const change = Date.parse(at)

  beforeAll(async () => {
    await travelTo(change - BEFORE)
    Object.assign(companyOf(app).behaviour, DEFAULT_BEHAVIOUR, { timeZone })
    await app.configure({ centraTimeZone: timeZone })
    await app.exported('update')
    sellAround(change)
    await travelTo(change + AFTER)
  })

  // Windows take nothing away from one another, so each way to compare dates sees the same.
  it.each(CLOCKS)('POST /export/time misses no change ($dates, $after)', async (clock) => {
    Object.assign(companyOf(app).behaviour, clock)
    expect(await missedBy('export/time/107')).toEqual([])
  })

  it('POST /update misses no change since the update before', async () => {
    Object.assign(companyOf(app).behaviour, { dates: 'second', after: 'exclusive' })
    await app.exported('update')
    await expectAsTheSourcesSay(app)
  })
})

it.each([
  ['winter', '2027-12-15T12:00:00Z'],
  ['summer', '2028-07-15T12:00:00Z'],
])('POST /export/time sends changes of the window in %s and no older ones', async (_, at) => {
  await travelTo(Date.parse(at))
  const [early = 0, late = 0] = rows
  companyOf(app).restock(early, 1, machine.now - 20 * MINUTE)
  companyOf(app).restock(late, 1, machine.now - 4 * MINUTE)
  const said = await broughtBy(app, () => app.exported('export/time/5'))
  expect(said).toEqual(await expectedOfRows(app, [late]))
})
