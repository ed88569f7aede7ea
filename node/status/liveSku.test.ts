import { memory } from '../../tests/documents'
import { realClock } from '../common/clock'
import type { Dependencies } from '../exports/engine'
import { checkSettings } from '../settings/settings'
import { liveOffers } from './liveSku'

describe('liveOffers', () => {
  it('reports invalid settings as a failure', async () => {
    const engine = { documents: memory(), clock: realClock } as unknown as Dependencies
    const { offers, failures } = await liveOffers(engine, checkSettings({ token: 't' }), 7)
    expect(offers).toEqual([])
    expect(failures).toMatchObject([{ skuId: 7, code: 'settings_invalid' }])
    expect(failures[0]?.message).toContain('sftpHost')
  })
})
