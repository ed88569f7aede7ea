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
    expect(await checks.try('publisher', async () => 'a file was written')).toBe(
      'a file was written'
    )
    checks.skip(['vbase'], 'not needed')
    await checks.try('settings', async () => 1)
    expect(checks.results()).toMatchObject([
      { name: 'settings', status: 'ok', message: 'all settings are valid' },
      { name: 'vbase', status: 'skipped', message: 'not needed' },
      { name: 'publisher', status: 'ok', message: 'a file was written' },
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
    await checks.try('publisher', rejecting(full))
    const down = new UpstreamError('Centra', 'down', 'status 503', 503)
    await checks.try('centra', rejecting(down))
    await checks.try('catalog.skuIds', rejecting(down))
    await checks.try('catalog.kits', rejecting(new Error('token=secret')))
    const found = checks
      .results()
      .map(({ name, code, message, do: advice }) => [name, code, message, advice])
    expect(found).toEqual([
      ['catalog.skuIds', 'upstream_down', 'Centra: status 503', "Check the upstream's status."],
      ['catalog.kits', 'internal', 'unexpected Error', 'Report it, with the log line.'],
      [
        'centra',
        'upstream_down',
        'Centra: status 503',
        expect.stringContaining('Check centraUrl, centraToken'),
      ],
      ['publisher', 'sftp_down', 'SFTP: its disk is full', 'Check the disk.'],
    ])
  })

  it.each([
    ['ViewProduct', 'the policy Sku.aspx (License Manager: SKUs)', true],
    ['no policy', 'the policies Sku.aspx (License Manager: SKUs) and ViewProduct (License', false],
  ])('names what is lacking where another call shows %s granted', async (_, lacking, isGranted) => {
    const checks = checksAt()
    const bindings = isGranted ? async () => [] : rejecting(denied())
    await checks.try('sellers.bindings', bindings)
    await checks.try('catalog.kits', rejecting(denied()))
    const [kits] = checks.results()
    expect(kits?.message).toBe('VTEX catalog: status 403')
    expect(kits?.do).toContain(`The app lacks ${lacking}`)
  })

  it('counts an answer as such, though it is a 404', async () => {
    const checks = checksAt()
    const missing = new UpstreamError('VTEX catalog', 'missing', 'status 404', 404)
    await checks.try('catalog.kits', rejecting(missing), () => true)
    expect(checks.results()).toMatchObject([
      { status: 'ok', message: 'the components of kits can be read' },
    ])
  })
})
