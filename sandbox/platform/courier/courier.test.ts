import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Courier, type DeliverToWorker } from './courier'
import { type Delivery, DeliveryQueue } from './queue'

const SUBSCRIPTIONS = [
  { handler: 'a', sender: 'me', topics: ['one', 'two'] },
  { handler: 'b', topics: ['one'] },
]

let directory: string
let couriers: Courier[]

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'courier-'))
  couriers = []
})

afterEach(async () => {
  for (const courier of couriers) {
    courier.stop()
  }
  await rm(directory, { recursive: true })
})

async function start(carry: DeliverToWorker): Promise<Courier> {
  const courier = new Courier(new DeliveryQueue(directory), SUBSCRIPTIONS, carry, () => 0.5)
  Object.assign(courier.behaviour, { firstRetry: 1, maxRetry: 2 })
  couriers.push(courier)
  await courier.start()
  return courier
}

const event = (topic: string, sender = 'me') => ({ sender, topic, body: '{"n":1}' })

it('delivers an event to each subscribed handler until it acknowledges', async () => {
  const seen: string[] = []
  const courier = await start(async ({ handler, topic }) => {
    seen.push(`${handler} ${topic}`)
    return seen.filter((each) => each === `${handler} ${topic}`).length === 3
  })
  await courier.send(event('one'))
  await courier.send(event('two'))
  await courier.send(event('two', 'other'))
  await courier.idle()
  expect(seen.sort()).toEqual(['a one', 'a two', 'b one'].flatMap((each) => [each, each, each]))
  expect(courier.counts).toMatchObject({ accepted: 3, acknowledged: 3, redelivered: 6 })
})

it('delivers only unacknowledged events after a restart', async () => {
  const first = await start(async ({ topic }) => topic === 'two')
  await first.send(event('one', 'other'))
  await first.send(event('two'))
  // Until it is off the disk: an acknowledgement is counted before.
  while (first.pending().length > 1) {
    await new Promise(setImmediate)
  }
  first.stop()
  const deliveries: Delivery[] = []
  const second = await start(async (delivery) => deliveries.push(delivery) > 0)
  await second.idle()
  expect(deliveries).toEqual([
    expect.objectContaining({ handler: 'b', topic: 'one', sender: 'other', body: '{"n":1}' }),
  ])
  expect(await new DeliveryQueue(directory).load()).toEqual([])
})

it('duplicates, loses and drops events as its behaviour says', async () => {
  const courier = await start(async () => false)
  Object.assign(courier.behaviour, { doubled: 1, maxAttempts: 2 })
  await courier.send(event('two'))
  await courier.idle()
  expect(courier.counts).toMatchObject({ doubled: 1, dropped: 2, acknowledged: 0 })
  courier.behaviour.lost = 1
  await courier.send(event('one'))
  expect(courier.pending()).toEqual([])
  expect(courier.counts).toMatchObject({ accepted: 2, lost: 2 })
})
