import { UpstreamError } from '../common/upstreamError'
import { DeliveryError } from '../delivery/publisher'
import { Checks } from './checks'

const checksAt = (now = () => Date.now()) => new Checks(now)
const denied = (status = 403) =>
  new UpstreamError('VTEX catalog', 'refused', 'secret words', status)
const rejecting = (thrown: unknown) => () => Promise.reject(thrown)

describe('Checks.try', () => {
  it('returns what was found, and the results in a fixed order', async () => {
    const checks = checksAt()
    expect(await checks.try('centra', async () => 7, { works: (found) => `found ${found}` })).toBe(
      7
    )
    checks.skip('vbase', 'not needed')
    await checks.try('settings', async () => 1, { works: 'valid' })
    expect(checks.results()).toMatchObject([
      { name: 'settings', status: 'ok', message: 'valid' },
      { name: 'vbase', status: 'skipped', message: 'not needed' },
      { name: 'centra', status: 'ok', message: 'found 7' },
    ])
  })

  it('says what to do: as the publisher says, as the check says, as the code says', async () => {
    const checks = checksAt()
    const full = new DeliveryError(
      'sftp_down',
      'SFTP: its disk is full',
      false,
      false,
      'Check the disk.'
    )
    await checks.try('publisher', rejecting(full), { works: '' })
    const down = new UpstreamError('Centra', 'down', 'status 503', 503)
    await checks.try('centra', rejecting(down), { works: '', advice: 'Check centraUrl.' })
    await checks.try('courier', rejecting(down), { works: '' })
    await checks.try('vbase', rejecting(new Error('token=secret')), { works: '' })
    const found = checks
      .results()
      .map(({ name, code, message, do: advice }) => [name, code, message, advice])
    expect(found).toEqual([
      ['vbase', 'internal', 'unexpected Error', 'Report it, with the log line.'],
      ['courier', 'upstream_down', 'Centra: status 503', "Check the upstream's status."],
      ['centra', 'upstream_down', 'Centra: status 503', 'Check centraUrl.'],
      ['publisher', 'sftp_down', 'SFTP: its disk is full', 'Check the disk.'],
    ])
  })

  it.each([
    ['ViewProduct', 'the policy Sku.aspx (License Manager: SKUs)', true],
    ['no policy', 'the policies Sku.aspx (License Manager: SKUs) and ViewProduct (License', false],
  ])('names what is lacking where another call shows %s granted', async (_, lacking, isGranted) => {
    const checks = checksAt()
    const bindings = isGranted ? async () => [] : rejecting(denied())
    await checks.try('sellers.bindings', bindings, { works: '', needs: ['ViewProduct'] })
    const needs = ['Sku.aspx', 'ViewProduct'] as const
    await checks.try('catalog.kits', rejecting(denied()), { works: '', needs })
    const [kits] = checks.results()
    expect(kits?.message).toBe('VTEX catalog: status 403')
    expect(kits?.do).toContain(`The app lacks ${lacking}`)
  })

  it('counts an answer as such, though it is a 404', async () => {
    const checks = checksAt()
    const missing = new UpstreamError('VTEX catalog', 'missing', 'status 404', 404)
    await checks.try('catalog.kits', rejecting(missing), { works: 'read', isAnswer: () => true })
    expect(checks.results()).toMatchObject([{ status: 'ok', message: 'read' }])
  })
})
