import { request, type Server } from 'http'
import type { AddressInfo } from 'net'
import { join } from 'path'
import { temporaryFolder } from './common/temporary-folder'
import { readApp } from './platform/app'
import { RequestCounters } from './platform/egress/counters'
import { createEgress } from './platform/egress/egress'
import { Limits } from './platform/egress/limits'
import { readPolicies } from './platform/egress/policies'
import { Faults } from './platform/faults/faults'
import { NotSimulated } from './platform/not-simulated'
import { type Sandbox, startSandbox } from './sandbox'
import { CENTRA_HOST, CENTRA_PATH, centraListener } from './world/centra/api/listener'
import { Company } from './world/centra/company'

describe('the egress proxy, for calls to Centra,', () => {
  const credential = 'the-credential'
  const requests = new RequestCounters()
  const faults = new Faults()
  let egress: Server

  beforeAll(async () => {
    egress = createEgress({
      policies: readPolicies(await readApp(join(__dirname, '..')), {
        account: 'a',
        workspace: 'master',
      }),
      identity: { account: 'a', workspace: 'w', production: true, region: 'r', credential },
      faults,
      limits: new Limits(),
      requests,
      infra: {},
      hosted: [],
      upstreams: {
        [CENTRA_HOST]: centraListener(new Company({ size: 200, seed: 1 }), 'a-token'),
      },
      latency: 0,
      notSimulated: new NotSimulated(() => undefined),
    })
    await new Promise<void>((resolve) => egress.listen(0, '127.0.0.1', resolve))
  })
  afterAll(() => new Promise((resolve) => egress.close(resolve)))
  afterEach(() => faults.clear())

  function call(headers: Record<string, string>, path = CENTRA_PATH) {
    const { port } = egress.address() as AddressInfo
    const target = `http://${CENTRA_HOST}${path}`
    return new Promise<{ status: number | undefined; body: string }>((resolve, reject) => {
      const sent = request({ port, path: target, headers, agent: false }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode, body: Buffer.concat(chunks).toString() })
        )
      })
      sent.on('error', reject)
      sent.end()
    })
  }

  const own = { 'proxy-authorization': credential }
  const opened = { ...own, 'api-authorization': 'a-token' }

  it.each([
    ['api-authorization', 'a-token'],
    ['authorization', 'Bearer a-token'],
  ])("pass the egress with VTEX's credential and the token in %s", async (name, token) => {
    expect(await call({ ...own, [name]: token })).toMatchObject({ status: 200 })
    expect(await call(own)).toMatchObject({ status: 401 })
    expect(await call(opened, '/elsewhere')).toMatchObject({ status: 403 })
  })

  it('count by host, and can get faults', async () => {
    requests.reset()
    faults.add({ upstream: CENTRA_HOST, path: CENTRA_PATH, kind: 'truncated', times: 1 })
    await expect(call(opened)).rejects.toThrow()
    faults.add({ upstream: CENTRA_HOST, kind: 'mistyped', types: 'text', times: 1 })
    const { products } = JSON.parse((await call(opened, `${CENTRA_PATH}?limit=1`)).body)
    expect(products[0].availableStock).toEqual(expect.any(String))
    expect(requests.of(CENTRA_HOST)).toMatchObject({ total: 2, byStatus: { aborted: 1, 200: 1 } })
  })
})

describe('startSandbox', () => {
  const folder = temporaryFolder()
  let sandbox: Sandbox | undefined

  const start = async (centra?: boolean) => {
    await sandbox?.stop()
    sandbox = await startSandbox({ skus: 40, stateDirectory: folder.path, centra })
    return sandbox
  }

  afterAll(async () => {
    await sandbox?.stop()
    folder.remove()
  })

  it('simulates Centra, includes it in the comparison and keeps it over a restart', async () => {
    const { url, platform, centra, compare } = await start()
    expect(await platform.settings.read()).toMatchObject({ centraSellerId: 'nordicshop' })
    const sources = (await compare()).sources.map(({ source }) => source)
    const others = ['seller 2', 'seller 31', 'seller Fjall-Butik_2']
    expect(sources).toEqual(['own stock', ...others, 'Centra'])
    const [row] = centra?.rows() ?? []
    const sale = { method: 'POST', body: '{"units":1}' }
    const sold = await fetch(`${url}/_sandbox/centra/rows/${row?.stockItemId}/sell`, sale)
    expect(sold.status).toBe(200)
    const again = await start()
    expect(again.centra?.row(row?.stockItemId ?? 0)?.allocated).toBe((row?.allocated ?? 0) + 1)
  })

  it('does not simulate Centra with centra: false', async () => {
    const { url, platform, centra, compare } = await start(false)
    expect(centra).toBeUndefined()
    expect(await platform.settings.read()).not.toHaveProperty('centraSellerId')
    expect((await compare()).sources.map(({ source }) => source)).not.toContain('Centra')
    expect((await fetch(`${url}/_sandbox/centra`)).status).toBe(404)
  })
})
