import { UpstreamError } from '../../node/common/upstreamError'
import { exported, installed } from './playing'

const icm = { delivery: 'icm-rest' } as const

describe('POST /export?verify=true', () => {
  it('reads back what it sent, and finds no difference', async () => {
    const world = await installed(icm)
    const { status, verified, notes, offers } =
      (await exported(world, 'export', { verify: true })) ?? {}
    expect(status).toBe('completed')
    expect(verified).toEqual({ compared: offers?.sent, differing: [] })
    expect(notes).toContainEqual(`verify: 0 of ${offers?.sent} offers differ from what was sent`)
  })

  it('lists offers of which Intershop has another stock or none, and completes', async () => {
    const world = await installed(icm)
    for (let choice = 0; choice < 12; choice++) world.change(choice)
    const sold = [...world.offers()].filter(([, quantity]) => quantity > 0).map(([sku]) => sku)
    const [lost, other] = sold
    expect(other).toBeDefined()
    const take = world.intershop.take.bind(world.intershop)
    world.intershop.take = (sku, quantity) => {
      if (sku !== lost) take(sku, sku === other ? quantity + 1 : quantity)
    }
    const { status, verified } = (await exported(world, 'export', { verify: true })) ?? {}
    expect(status).toBe('completed')
    const found = verified?.differing.map((offer) => [
      offer.offerSku,
      (offer.found ?? 0) - offer.sent,
    ])
    const sent = verified?.differing.find(({ offerSku }) => offerSku === lost)
    expect(found?.sort()).toEqual(
      [
        [lost, -(sent?.sent ?? 0)],
        [other, 1],
      ].sort()
    )
    expect(sent?.found).toBeUndefined()
  })

  it('completes though Intershop does not tell its stock, and says so', async () => {
    const world = await installed(icm)
    const connect = world.icm.connect.bind(world.icm)
    world.icm.connect = (actor) => {
      const inventories = async () => {
        throw new UpstreamError('Intershop', 'refused', 'status 403', 403)
      }
      return { ...connect(actor), inventories }
    }
    const { status, verified, notes } = (await exported(world, 'export', { verify: true })) ?? {}
    expect(status).toBe('completed')
    expect(verified).toMatchObject({ compared: 0, differing: [], error: { code: 'icm_refused' } })
    expect(notes?.join()).toContain("verify: Intershop's stock could not be read: ")
  })

  it('reads nothing back without the parameter', async () => {
    const world = await installed(icm)
    expect((await exported(world, 'export'))?.verified).toBeUndefined()
  })
})
