import { LedgerWorld, NOW, offer, settingsOf } from '../../tests/ledger/world'

describe('drift', () => {
  const drifted = async (changedAt: number, more = {}) => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3), offer(8, 1)], settingsOf(), NOW - 1_000)
    const around = { changedAt: (id: number) => (id === 7 ? changedAt : 0), ...more }
    return (await world.judged([offer(7, 4), offer(8, 1), offer(9, 1)], around)).drifted
  }

  it('counts an offer that differs from what was last sent though no change was reported', async () => {
    expect(await drifted(NOW - 1_001)).toEqual([{ skuId: 7, sellerId: '1', lastSent: 3, found: 4 }])
  })

  it('leaves out an offer whose 0 is held back', async () => {
    const world = new LedgerWorld()
    await world.told([offer(7, 3)], settingsOf(), NOW - 1_000)
    const part = await world.judged([offer(7, 0)], { withheld: ['1'] })
    await world.delivered(part, settingsOf(), NOW - 500)
    expect((await world.judged([offer(7, 0)], { changedAt: () => 0 })).drifted).toEqual([])
  })

  it('leaves out offers with a reported or unknown change, or sent with other settings', async () => {
    expect(await drifted(NOW - 999)).toEqual([])
    expect(await drifted(0, { changedAt: undefined })).toEqual([])
    expect(await drifted(0, { settings: settingsOf({ safetyStock: 1 }) })).toEqual([])
  })
})
