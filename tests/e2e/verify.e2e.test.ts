import { ICM_HOST } from '../../sandbox/world/intershop/rest/access'
import { App } from './support/app'
import { errorOf } from './support/expectations'
import { json } from './support/http'

let app: App

beforeAll(async () => {
  app = await App.start({ skus: 250, delivery: 'icm-rest' })
})

afterEach(() => app.platform.faults.clear())
afterAll(() => app.stop())

const publisher = async () => {
  await app.live(15_000)
  const answer = await app.post('check')
  const { checks } = json(answer) as { checks: Array<{ name: string; status: string }> }
  return { status: answer.status, check: checks.find(({ name }) => name === 'publisher') }
}

describe('POST /check with delivery icm-rest', () => {
  it('uploads and removes a file, and starts no import', async () => {
    expect(await publisher()).toMatchObject({ status: 200, check: { status: 'ok' } })
    const { batches } = app.intershop.rest
    expect(batches.uploaded).toEqual([])
    expect(batches.counts).toMatchObject({ imports: 0, removedUploads: 1 })
  })

  it('says what to do where the credentials are wrong', async () => {
    await app.configure({ icmPassword: 'another' })
    expect(await publisher()).toMatchObject({
      status: 424,
      check: { code: 'icm_refused', do: expect.stringContaining('icmUser') },
    })
    await app.configure({})
  })
})

describe('?verify=true', () => {
  it.each(['export', 'export/seller/1'])('reads back a sample of what %s sent', async (route) => {
    const report = await app.exported(`${route}?verify=true`)
    expect([report.status, report.verified?.differing]).toEqual(['completed', []])
    expect(report.verified?.compared).toBeGreaterThan(100)
    expect(report.verified?.compared).toBeLessThanOrEqual(200)
  })

  it('does not make an export fail if Intershop does not tell its stock', async () => {
    app.platform.faults.add({
      upstream: ICM_HOST,
      path: 'inventories',
      kind: 'status',
      status: 403,
    })
    const report = await app.exported('export?verify=true')
    expect(report.status).toBe('completed')
    expect(report.verified).toMatchObject({ compared: 0, error: { code: 'icm_refused' } })
  })

  it('answers 400 for other routes and deliveries, with what was expected', async () => {
    expect(errorOf(await app.post('update?verify=true')).code).toBe('invalid_verify')
    await app.configure({ delivery: 'icm-sftp' })
    const answer = await app.post('export?verify=true')
    expect(answer.status).toBe(400)
    expect(errorOf(answer)).toMatchObject({
      code: 'invalid_verify',
      message: expect.stringContaining('icm-rest'),
    })
  })
})
