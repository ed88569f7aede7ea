import { readdir, readFile } from 'fs/promises'
import { join } from 'path'

import { CREDENTIALS, Double } from './double'
import { LiveRun } from './liveRun'

let double: Double
let live: LiveRun

beforeAll(async () => {
  double = await Double.start(60)
  live = await LiveRun.against(double)
})
afterAll(async () => {
  await double.stop()
  await live.end()
})

it('says that a wrong key opens nothing, and exports nothing', async () => {
  const { code, screen } = await live.run([], { VTEX_APP_TOKEN: `${CREDENTIALS.token}x` })
  expect(code).toBe(1)
  expect(screen).toContain('VTEX refused every call (status 401)')
  expect(double.atVtex).toHaveLength(11)
  expect(await readdir(live.state)).toEqual(['settings.json'])
  expect(await live.leaks()).toEqual([])
})

it('says what the account is, exports it, and shows what came of it', async () => {
  double.arrived.length = 0
  const { code, screen } = await live.run()
  expect([code, screen]).toEqual([0, screen])
  const { matching, differing, missing, surplus } = await live.compare()
  expect({ differing, missing, surplus }).toEqual({ differing: 0, missing: 0, surplus: 0 })
  expect(matching).toBeGreaterThan(60)

  for (const text of [
    'realshop.vtexcommercestable.com.br, at most 30000 requests a minute',
    'Permissions: the key has all that the app needs.',
    'Sellers: 6',
    '  closedshop (Closed Shop), inactive',
    ': completed after',
    ' the SKU has no refId (SKU ',
    '(seller nordicshop)',
    ' at 600 a minute',
    `Files: ${join(live.state, 'intershop', 'archive')}`,
    ', and 11 to look at the key',
    '  warehouses: 1 x 200',
    "  Centra's stock: ",
  ]) {
    expect(screen).toContain(text)
  }
  expect(screen).not.toContain('Not let out')
  const [, requests] = /Requests: ([\d,]+), and/.exec(screen) ?? []
  expect(Number(requests?.replace(',', ''))).toBe(double.arrived.length - 11)

  expect(live.strangers()).toEqual([])
  const archive = join(live.state, 'intershop', 'archive')
  const files = await readdir(archive)
  expect(files.length).toBeGreaterThan(1)
  expect(await readFile(join(archive, files[0] ?? ''), 'utf8')).toContain('StockQuantity')
  expect(await live.leaks()).toEqual([])
})
