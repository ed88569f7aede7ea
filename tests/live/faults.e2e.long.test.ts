import { existsSync } from 'fs'
import { mkdtemp, readdir, rm } from 'fs/promises'
import { tmpdir } from 'os'
import { join } from 'path'

import {
  type Intershop,
  SFTP_DIRECTORIES,
  SFTP_PASSWORD,
  SFTP_USER,
  startIntershop,
} from '../../sandbox/world/intershop/intershop'
import { until } from '../e2e/support/eventually'
import { CREDENTIALS, Double, VTEX_HOST } from './double'
import { LiveRun } from './liveRun'

const SKUS = 80

let double: Double
let live: LiveRun

beforeEach(async () => {
  double = await Double.start(SKUS)
  live = await LiveRun.against(double)
})
afterEach(async () => {
  await double.stop()
  await live.end()
})

const NOTHING_WRONG = { differing: 0, missing: 0, surplus: 0 }

describe('a key that lacks', () => {
  it.each([
    [
      'LogisticsViewer',
      '  Logistics viewer (License Manager), for: warehouses, stock\n',
      'completedWithErrors',
    ],
    [
      'view-seller',
      "  View Seller (License Manager), for: seller register, sellers' offers, offers of products\n",
      'completedWithErrors',
    ],
    [
      'Sku.aspx',
      '  SKUs (License Manager), for: SKU ids, SKU records, SKUs by EAN, SKUs by reference, kits\n',
      'completedWithErrors',
    ],
    ['ViewProduct', '; whether it has SKUs is not known\n', 'failed'],
  ])('%s is told so, and what else can be exported is', async (resource, line, status) => {
    double.lacking.add(resource)
    live.settings = {}
    const { code, screen } = await live.run()
    expect(code).toBe(1)
    expect(screen).toContain('The key lacks permissions:\n')
    expect(screen).toContain(line)
    expect(screen).toContain(`: ${status} after`)
    expect(screen).toContain('upstream_refused')
    expect(screen).toContain('how long one takes is not known')
    expect(screen).toMatch(/\d+ x 403/)
    if (resource === 'view-seller') expect(screen).toContain('the register could not be read')
    // Nothing is sold that must not be; what needs the resource is missing.
    const { differing, surplus } = await live.compare()
    expect({ differing, surplus }).toEqual({ differing: 0, surplus: 0 })
    const { missing } = await live.compare('1')
    expect(missing === 0).toBe(resource === 'view-seller')
    expect(live.strangers()).toEqual([])
    expect(await live.leaks()).toEqual([])
  })
})

it('exports all of it through 429s, cut connections and upstreams that echo the key', async () => {
  const { faults } = double
  const body = JSON.stringify({ ...CREDENTIALS, message: CREDENTIALS.token })
  const rule = { upstream: VTEX_HOST, share: 0.1 }
  const again = { headers: { 'retry-after': '1' }, body }
  faults.add({ ...rule, kind: 'status', status: 429, times: 4, ...again })
  faults.add({ ...rule, kind: 'status', status: 500, times: 4, body })
  faults.add({ ...rule, kind: 'timeout', ms: 0, times: 4 })
  faults.add({ ...rule, kind: 'truncated', times: 4 })
  const { code, screen } = await live.run()
  expect([code, screen]).toEqual([0, screen])
  expect(await live.compare()).toMatchObject(NOTHING_WRONG)
  expect(faults.list().map(({ injected }) => injected > 0)).toEqual([true, true, true, true])
  for (const outcome of ['429', '500', 'ECONNRESET']) expect(screen).toContain(` x ${outcome}`)
  expect(live.strangers()).toEqual([])
  expect(await live.leaks()).toEqual([])
})

it('goes on where it was after a kill and after Ctrl-C', async () => {
  live.settings = { sellers: '1' }
  const listed = () => double.atVtex.filter(({ url }) => url.includes('stockkeepingunitids?'))
  const isReadingStock = (from: number) => () => double.commerce.stockReads > from + 10
  const slowly = ['--per-minute', '1200']

  const killed = await live.start(slowly)
  await until('the first stock to be read', isReadingStock(1))
  killed.child.kill('SIGKILL')
  const { code: none, screen: begun } = await killed.ended
  expect([none, begun]).toEqual([null, expect.not.stringContaining('Going on')])
  const inFirst = listed().length

  const stopped = await live.start(slowly)
  await until('more stock to be read', isReadingStock(double.commerce.stockReads + 1))
  stopped.child.kill('SIGINT')
  const { code, screen } = await stopped.ended
  expect(code).toBe(130)
  expect(screen).toContain('Interrupted. The same command goes on where this one stopped.')
  const [, exportId] = /Going on with export (\S+)/.exec(screen) ?? []

  const last = await live.run()
  expect([last.code, last.screen]).toEqual([0, last.screen])
  expect(last.screen).toContain(`Going on with export ${exportId}`)
  expect(last.screen).toContain(`Export ${exportId}: completed`)
  expect(await live.compare()).toMatchObject(NOTHING_WRONG)
  // Each later run asks for one page to look at the key, and for none of the list that was saved.
  expect(listed()).toHaveLength(inFirst + 2)
  expect(live.strangers()).toEqual([])
  expect(await live.leaks()).toEqual([])

  const anew = await live.run(['--fresh'])
  expect([anew.code, anew.screen]).toEqual([0, expect.not.stringContaining('Going on')])
})

it('knows after a restart what it sent, and exports to a folder what is left of it', async () => {
  expect((await live.run()).code).toBe(0)
  const archive = join(live.state, 'intershop', 'archive')
  const first = await readdir(archive)
  const records = () => double.atVtex.filter(({ url }) => url.includes('stockkeepingunitbyid'))
  double.arrived.length = 0
  expect((await live.run()).code).toBe(0)
  expect((await readdir(archive)).length).toBeGreaterThan(first.length)
  // The first run keeps the records of SKUs in VBase, the key's look takes one.
  expect(records().length).toBeLessThan(SKUS / 2)
})

describe('with --deliver', () => {
  let directory: string
  let merchant: Intershop

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'merchant-'))
    merchant = await startIntershop({ directory })
    live.settings = {
      ...live.settings,
      sftpHost: '127.0.0.1',
      sftpPort: merchant.sftp.port,
      sftpUser: SFTP_USER,
      sftpPassword: SFTP_PASSWORD,
      sftpDirectory: SFTP_DIRECTORIES['icm-sftp'],
      sftpFilePrefix: 'real',
    }
  })
  afterEach(async () => {
    await merchant.stop()
    await rm(directory, { recursive: true, force: true })
  })

  it("puts files on the settings' server, and keeps its password nowhere", async () => {
    const { code, screen } = await live.run(['--deliver'])
    expect([code, screen]).toEqual([0, screen])
    await merchant.idle()
    expect(await live.compareWith(merchant.inventory)).toMatchObject(NOTHING_WRONG)
    expect((await readdir(merchant.folders.archive))[0]).toMatch(/^real-/)
    expect(screen).toMatch(/Files: \d+ delivered to 127\.0\.0\.1, directory \/stock/)
    expect(existsSync(join(live.state, 'intershop'))).toBe(false)
    expect(await live.leaks(SFTP_PASSWORD)).toEqual([])
  })

  it('sends nothing there without it', async () => {
    expect((await live.run()).code).toBe(0)
    expect(merchant.sftp.connections()).toBe(0)
    expect(await live.compare()).toMatchObject(NOTHING_WRONG)
  })
})
