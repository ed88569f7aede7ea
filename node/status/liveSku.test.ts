import { memory } from '../../tests/documents'
import { realClock } from '../common/clock'
import type { Dependencies } from '../exports/engine'
import { SettingsError } from '../settings/settings'
import { liveOffers } from './liveSku'

describe('liveOffers', () => {
  it('reports invalid settings as a failure', async () => {
    const settings = async () => Promise.reject(new SettingsError('sftpHost: expected a value'))
    const engine = { documents: memory(), clock: realClock, settings } as unknown as Dependencies
    const { offers, failures } = await liveOffers(engine, 7)
    expect(offers).toEqual([])
    expect(failures).toMatchObject([{ skuId: 7, code: 'settings_invalid' }])
    expect(failures[0]?.message).toContain('sftpHost')
  })
})
