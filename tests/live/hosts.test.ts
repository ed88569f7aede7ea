import { readFileSync } from 'fs'
import { Agent, request as requestHttp, type Server } from 'http'
import { closeServer, listen } from '../../sandbox/common/servers'
import { NotAllowed } from '../../sandbox/live/admission'
import { LiveHosts, newLimits } from '../../sandbox/live/live-hosts'
import { Outbound } from '../../sandbox/live/outbound'
import { RequestCounts } from '../../sandbox/live/request-counts'
import { RequestCounters } from '../../sandbox/platform/egress/counters'
import { createEgress } from '../../sandbox/platform/egress/egress'
import { Limits } from '../../sandbox/platform/egress/limits'
import { readPolicies } from '../../sandbox/platform/egress/policies'
import { JANUS_HOST } from '../../sandbox/platform/egress/target'
import { Faults } from '../../sandbox/platform/faults/faults'
import { NotSimulated } from '../../sandbox/platform/not-simulated'
import { CENTRA_HOST } from '../../sandbox/world/centra/api/listener'
import { ACCOUNT, CENTRA_TOKEN, CREDENTIALS, certificate, Double, VTEX_HOST } from './double'

const APP_TOKEN = "the app's token"
const CA = readFileSync(certificate('ca.pem'), 'utf8')
const STOCK = '/api/logistics/pvt/inventory/skus'
const WAREHOUSES = '/api/logistics/pvt/configuration/warehouses'

const agent = new Agent({ keepAlive: true })
const opened: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const each of opened.splice(0)) await each.stop()
})
afterAll(() => agent.destroy())

interface Answer {
  status: number
  headers: Record<string, unknown>
  body: string
}

interface Options {
  certificate?: string
  ca?: string
  perMinute?: number
}

/** An egress with the double behind it, as `npm run live` has it, but for the policies: everything is granted. */
async function opening({ certificate: name, ca = CA, perMinute = 60_000 }: Options = {}) {
  const double = await Double.start(40, name)
  const counts = new RequestCounts()
  const outbound = new Outbound({ ca, connectTo: double.connectTo })
  const hosts = new LiveHosts({
    ...{
      account: ACCOUNT,
      credentials: CREDENTIALS,
      outbound,
      limits: newLimits(perMinute),
      counts,
    },
  })
  const identity = {
    ...{ account: ACCOUNT, workspace: 'master', production: true, region: 'r' },
    credential: APP_TOKEN,
  }
  const policy = { name: 'outbound-access', attrs: { host: '*', path: '/*' } }
  const egress: Server = createEgress({
    policies: readPolicies({ policies: [policy] }, identity),
    identity,
    faults: new Faults(),
    limits: new Limits(),
    requests: new RequestCounters(),
    infra: {},
    hosted: [],
    upstreams: {
      [JANUS_HOST]: hosts.vtex,
      [CENTRA_HOST]: hosts.centra(new URL(`https://${CENTRA_HOST}/api/order-api`)),
    },
    latency: 0,
    notSimulated: new NotSimulated(() => undefined),
  })
  const url = new URL(await listen(egress))
  opened.push({
    stop: async () => {
      await closeServer(egress)
      outbound.close()
      await double.stop()
    },
  })

  function call(
    method: string,
    target: string,
    { headers = {}, body }: { headers?: Record<string, string>; body?: string } = {}
  ): Promise<Answer> {
    const { hostname, port } = url
    return new Promise((resolve, reject) => {
      const own = { 'proxy-authorization': APP_TOKEN, vtexidclientautcookie: APP_TOKEN }
      const request = requestHttp(
        { agent, hostname, port, method, path: target, headers: { ...own, ...headers } },
        (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('error', reject)
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              body: text,
            })
          )
        }
      )
      request.on('error', reject)
      request.end(body)
    })
  }
  const vtex = (method: string, path: string, more?: Parameters<typeof call>[2]) =>
    call(method, `http://${JANUS_HOST}${path}${path.includes('?') ? '&' : '?'}an=${ACCOUNT}`, more)
  return { double, hosts, counts, call, vtex }
}

const codeOf = (error: unknown) => (error as { code?: unknown }).code

describe('a call to VTEX', () => {
  it("goes to the account's host with the key, and nothing of the app's", async () => {
    const { double, vtex, counts } = await opening()
    const [id = 0] = double.commerce.catalog.ids()
    const answer = await vtex('GET', `${STOCK}/${id}`, {
      headers: {
        ...{ 'x-vtex-use-https': 'true', 'x-vtex-credential': 'a', cookie: 'b', 'x-own': 'c' },
        ...{ 'x-vtex-api-appkey': 'of the app', accept: 'application/json', referer: 'd' },
      },
    })
    expect(answer.status).toBe(200)
    expect(JSON.parse(answer.body)).toMatchObject({ skuId: String(id) })
    expect(double.arrived).toHaveLength(1)
    const [{ host, method, url, headers } = { host: '', method: '', url: '', headers: {} }] =
      double.arrived
    expect({ host, method, url }).toEqual({
      ...{ host: VTEX_HOST, method: 'GET', url: `${STOCK}/${id}` },
    })
    const { connection: _, ...sent } = headers
    expect(sent).toEqual({
      host: VTEX_HOST,
      accept: 'application/json',
      'content-type': 'application/json',
      'user-agent': 'intershop-integration-live',
      'x-vtex-api-appkey': CREDENTIALS.key,
      'x-vtex-api-apptoken': CREDENTIALS.token,
    })
    expect(counts.all()).toEqual({ stock: { 200: 1 } })
  })

  it('brings back no header but those that the app reads', async () => {
    const { double, vtex } = await opening()
    double.instead = (_, response) => {
      response.writeHead(429, {
        ...{ 'retry-after': '3', 'ratelimit-reset': '4', 'x-ratelimit-reset': '5' },
        ...{ 'content-type': 'text/plain', location: 'https://evil.example' },
      })
      response.end('later')
    }
    const { status, headers, body } = await vtex('GET', WAREHOUSES)
    expect([status, body]).toEqual([429, 'later'])
    expect(headers).toMatchObject({
      ...{ 'retry-after': '3', 'ratelimit-reset': '4', 'x-ratelimit-reset': '5' },
      'content-type': 'text/plain',
    })
    for (const name of ['location', 'set-cookie', 'x-echo'])
      expect(headers).not.toHaveProperty(name)
  })

  it('sends the body of the one reading POST', async () => {
    const { double, vtex } = await opening()
    const path = '/api/catalog_system/pub/sku/stockkeepingunitidsbyrefids'
    const body = JSON.stringify(['R-1', 'Ä'])
    expect((await vtex('POST', path, { body })).status).toBe(200)
    expect(double.arrived).toMatchObject([{ method: 'POST', url: path, body }])
    expect((await vtex('POST', path, { body: '{"a": 1}' })).status).toBe(403)
    expect(double.arrived).toHaveLength(1)
  })

  it('sends no body of a GET', async () => {
    const { double, vtex } = await opening()
    await vtex('GET', WAREHOUSES, { body: 'something', headers: { 'content-length': '9' } })
    expect(double.arrived).toMatchObject([{ body: '' }])
    expect(double.arrived[0]?.headers).not.toHaveProperty('content-length')
  })

  it.each([301, 302, 303, 307, 308])('follows no redirect (%i)', async (status) => {
    const { double, vtex } = await opening()
    double.instead = (_, response) => {
      response.writeHead(status, { location: `https://${VTEX_HOST}${STOCK}/1` }).end()
    }
    expect((await vtex('GET', WAREHOUSES)).status).toBe(status)
    expect(double.arrived).toHaveLength(1)
  })

  it.each([
    // Cut at once: TLS knows no reset.
    ['before its response', { kind: 'timeout', ms: 0 }, 502],
    ['within it', { kind: 'truncated' }, 'ECONNRESET'],
  ] as const)('breaks off if it is cut %s, and counts once', async (_, fault, expected) => {
    const { double, vtex, counts } = await opening()
    double.faults.add({ upstream: VTEX_HOST, times: 1, ...fault })
    const outcome = await vtex('GET', WAREHOUSES).then(
      ({ status }) => status,
      (error) => codeOf(error)
    )
    expect(outcome).toBe(expected)
    expect((await vtex('GET', WAREHOUSES)).status).toBe(200)
    const { warehouses = {} } = counts.all()
    expect(warehouses).toMatchObject({ 200: 1 })
    expect(Object.values(warehouses)).toEqual([1, 1])
  })
})

describe('the certificate of the host', () => {
  const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
  afterEach(() => {
    if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
  })

  it.each([
    ['of nobody who is believed', { certificate: 'stranger' }, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['of another host', { certificate: 'another-host' }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['that has expired', { certificate: 'expired' }, 'CERT_HAS_EXPIRED'],
    ['of a test, without --ca', { ca: '' }, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
  ])('%s is refused whatever the environment says, and sees no key', async (_, options, code) => {
    for (const value of ['1', '0']) {
      process.env.NODE_TLS_REJECT_UNAUTHORIZED = value
      const { double, vtex } = await opening(options)
      const { status, body } = await vtex('GET', WAREHOUSES)
      expect([status, JSON.parse(body)]).toEqual([502, { code: 'Unreachable', message: code }])
      expect(double.arrived).toEqual([])
    }
  })
})

describe('nothing leaves that is not on the list', () => {
  const IDS = '/api/catalog_system/pvt/sku/stockkeepingunitids'

  it.each([
    ...['PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'].map((verb) => [verb, `${STOCK}/1`]),
    ['PUT', `${STOCK}/1/warehouses/1_1`],
    ['POST', '/api/catalog/pvt/stockkeepingunit'],
    ['PUT', '/api/scheduler/master/elefantqa2.intershop-integration'],
    ['GET', '/api/oms/pvt/orders'],
    ['GET', '/api/license-manager/users'],
    ['GET', `${STOCK}/../../../oms/pvt/orders`],
    ['GET', `${STOCK}/%2e%2e`],
    ['GET', `${IDS}?page=1&pagesize=1000&_method=DELETE`],
    ['GET', '/'],
  ])('%s %s', async (method, path) => {
    const { double, hosts, vtex } = await opening()
    // Node frames no body of other methods.
    const body = ['PUT', 'POST', 'PATCH'].includes(method) ? '{}' : undefined
    expect((await vtex(method, path, { body })).status).toBe(403)
    expect(double.arrived).toEqual([])
    expect(hosts.refused.count).toBe(1)
  })

  it('no call for another account', async () => {
    const { double, call } = await opening()
    for (const query of ['', '?an=other', `?an=${ACCOUNT}&an=other`]) {
      expect((await call('GET', `http://${JANUS_HOST}${WAREHOUSES}${query}`)).status).toBe(403)
    }
    expect(double.arrived).toEqual([])
  })

  it.each([
    `http://${VTEX_HOST}${WAREHOUSES}?an=${ACCOUNT}`,
    `https://${VTEX_HOST}/api/oms/pvt/orders`,
    'http://mailservice.vtex.com.br/api/mail-service/pvt/sendmail?an=realshop',
    `http://master--${ACCOUNT}.myvtex.com/_v/anything`,
    `http://${JANUS_HOST}@evil.example/`,
    'http://evil.example/',
    'http://app.io.vtex.com/vendor.app/v0/realshop/master/',
    'http://another.centra.com/api/order-api/stock',
  ])('no call to %s', async (target) => {
    const { double, call } = await opening()
    expect((await call('GET', target)).status).toBeGreaterThanOrEqual(403)
    expect(double.arrived).toEqual([])
  })

  it("lets out only requests for Centra's stock, with the app's own token", async () => {
    const { double, call } = await opening()
    const at = (path: string) => `http://${CENTRA_HOST}${path}`
    const headers = { 'api-authorization': CENTRA_TOKEN }
    for (const [method, path] of [
      ['POST', '/api/order-api/stock'],
      ['PUT', '/api/order-api/stock?limit=1'],
      ['GET', '/api/order-api/orders'],
      ['GET', '/api/order-api/stock/../orders'],
    ] as const) {
      expect((await call(method, at(path), { headers })).status).toBe(403)
    }
    expect(double.arrived).toEqual([])
    expect((await call('GET', at('/api/order-api/stock?limit=1'), { headers })).status).toBe(200)
    expect(double.arrived).toMatchObject([
      { host: CENTRA_HOST, url: '/api/order-api/stock?limit=1', headers },
    ])
    for (const name of ['x-vtex-api-appkey', 'x-vtex-api-apptoken', 'vtexidclientautcookie']) {
      expect(double.arrived[0]?.headers).not.toHaveProperty(name)
    }
  })
})

it('makes no call of its own that is not on the list', async () => {
  const { double, hosts } = await opening()
  const { signal } = new AbortController()
  const ask = (method: 'GET' | 'POST', path: string, body?: string) =>
    hosts.ask({ method, path }, body, signal)
  expect(await ask('GET', WAREHOUSES)).toMatchObject({ status: 200 })
  const refs = '/api/catalog_system/pub/sku/stockkeepingunitidsbyrefids'
  for (const [method, path, body] of [
    ['POST', WAREHOUSES, '[]'],
    ['GET', '/api/oms/pvt/orders'],
    ['GET', `${STOCK}/..`],
    ['GET', `${WAREHOUSES}?a=1`],
    ['POST', refs, '{}'],
    ['POST', refs],
  ] as const) {
    await expect(ask(method, path, body)).rejects.toThrow(NotAllowed)
  }
  expect(double.arrived).toHaveLength(1)
})

it('responds 429 by itself to what would wait too long, and lets none of it out', async () => {
  const { double, vtex, counts } = await opening({ perMinute: 1 })
  const [first, ...others] = await Promise.all([1, 2, 3].map(() => vtex('GET', WAREHOUSES)))
  expect(first?.status).toBe(200)
  expect(others.map(({ status, headers }) => [status, headers['retry-after']])).toEqual([
    [429, '5'],
    [429, '5'],
  ])
  expect(double.arrived).toHaveLength(1)
  expect(counts.all()).toEqual({ warehouses: { 200: 1 } })
})
