import { mkdtemp, rm } from 'fs/promises'
import { tmpdir } from 'os'
import { join } from 'path'
import type { Platform } from './platform'
import { startFixture } from './platform/fixture/start'
import { Account } from './world/commerce/account'
import { Broadcaster } from './world/commerce/broadcaster/broadcaster'

const account = new Account('acme', 20, 1)
let directory: string
let platform: Platform
let broadcaster: Broadcaster

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'feed-'))
  platform = await startFixture(directory, { replicas: 1 })
  broadcaster = new Broadcaster(account, platform.events.send)
  broadcaster.behaviour.partial = 0
})

afterAll(async () => {
  await platform.stop()
  await rm(directory, { recursive: true })
})

it('the broadcaster notifies a subscribed app of a change', async () => {
  const [id = 0] = account.catalog.ids()
  account.setBalance(id, '1_1', { total: 7 })
  await broadcaster.idle()
  await platform.courier.idle()
  expect(await platform.vbase.readJson('notifications', String(id))).toMatchObject({
    sender: 'vtex.broadcaster',
    topic: 'broadcaster.notification',
    subject: String(id),
    An: 'acme',
    StockModified: true,
  })
})
