import { Agent, type IncomingMessage, request as requestHttp, type Server } from 'node:http'
import { closeServer, listen } from '../../common/servers'
import { Faults } from '../faults/faults'
import type { FaultRule } from '../faults/rule'
import { NotSimulated } from '../not-simulated'
import { RequestCounters } from './counters'
import { createEgress } from './egress'
import { Limits } from './limits'
import { type Policies, readPolicies } from './policies'
import { JANUS_HOST } from './target'

const BODY = JSON.stringify({ text: 'x'.repeat(1_000) })

let egress: Server
let url: string
let faults: Faults
let limits: Limits
let requests: RequestCounters
let policies: Policies
let agent: Agent
let reported: string[]
let seen: Pick<IncomingMessage, 'url' | 'headers'>[]

beforeEach(async () => {
  seen = []
  reported = []
  faults = new Faults()
  limits = new Limits()
  requests = new RequestCounters()
  policies = readPolicies(
    {
      policies: [
        { name: 'outbound-access', attrs: { host: '*.shop.example', path: '/api/*' } },
        {
          name: 'outbound-access',
          attrs: { host: '{{workspace}}--{{account}}.own.example', path: '/{{account}}/*' },
        },
        { name: 'outbound-access', attrs: { host: '*.vtex.com', path: '/*' } },
        { name: 'outbound-access', attrs: { host: JANUS_HOST, path: '/api/*' } },
        { name: 'Stock' },
      ],
    },
    { account: 'acme', workspace: 'master' }
  )
  agent = new Agent({ keepAlive: true, maxSockets: 1 })
  egress = createEgress({
    policies,
    identity: {
      account: 'acme',
      workspace: 'master',
      production: true,
      region: 'r',
      credential: 'secret',
    },
    faults,
    limits,
    requests,
    infra: { vbase: { handle: (_, response) => response.end(), policy: 'vbase-read-write' } },
    hosted: [
      {
        name: 'clock',
        host: 'a.shop.example',
        path: '/api/clock/',
        handle: ({ url }, response) => response.end(`clock ${url}`),
      },
    ],
    upstreams: {
      'granted.shop.example': ({ headers }, response, policiesOf) => {
        const granted = policiesOf(String(headers.token))
        response.end(JSON.stringify(granted && [granted.has('Stock'), granted.has('Other')]))
      },
      'a.shop.example': (request, response) => {
        seen.push({ url: request.url, headers: { ...request.headers } })
        response.writeHead(201, { 'content-type': 'application/json', 'x-own': 'yes' })
        response.write(BODY.slice(0, 10))
        response.end(BODY.slice(10))
      },
      'master--acme.own.example': (_, response) => response.end(),
      [JANUS_HOST]: (_, response) => response.end('commerce'),
    },
    latency: 0,
    notSimulated: new NotSimulated((message) => reported.push(message)),
  })
  url = await listen(egress)
})

afterEach(async () => {
  agent.destroy()
  await closeServer(egress)
})

interface Reply {
  status: number
  body: string
  headers: IncomingMessage['headers']
}

function call(target: string, headers = { 'proxy-authorization': 'secret' }): Promise<Reply> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const request = requestHttp({ agent, hostname, port, path: target, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => {
        body += chunk
      })
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body, headers: response.headers })
      )
    })
    request.on('error', reject)
    request.setTimeout(300, () => request.destroy(new Error('no response')))
    request.end()
  })
}

const TARGET = 'http://a.shop.example/api/x?an=acme'

it('forwards a request with its path and headers, without the credential', async () => {
  expect(await call(TARGET)).toMatchObject({ status: 201, body: BODY })
  expect(seen[0]).toMatchObject({ url: '/api/x?an=acme' })
  expect(seen[0]?.headers).not.toHaveProperty('proxy-authorization')
  expect(requests.of('a.shop.example')).toEqual({
    total: 1,
    open: 0,
    mostOpen: 1,
    byStatus: { 201: 1 },
  })
})

it('serves paths of VTEX IO on a public host', async () => {
  const target = 'http://a.shop.example/api/clock/x?n=1'
  expect(await call(target)).toMatchObject({ status: 200, body: 'clock /api/clock/x?n=1' })
  expect(requests.of('clock').total).toBe(1)
  expect(seen).toEqual([])
  faults.add({ upstream: 'clock', kind: 'status', status: 500 })
  expect(await call(target)).toMatchObject({ status: 500 })
  expect(await call(TARGET)).toMatchObject({ status: 201 })
})

it.each([
  ['a path that no policy covers', 'http://a.shop.example/private/x?q=1', 403, 'Forbidden'],
  ['a host that no policy covers', 'http://shop.example/api/x', 403, 'Forbidden'],
  ['a host that is not there', 'http://b.shop.example/api/x', 403, 'UnknownHost'],
  ['a service without its policy', 'http://infra.io.vtex.com/vbase/v2/x', 403, 'Forbidden'],
  ['a workspace that is not its own', 'http://dev--acme.own.example/x', 403, 'Forbidden'],
  ['another app', 'http://app.io.vtex.com/vtex.search/v1/acme/master/x', 501, 'NotSimulated'],
  ['another app, the old way', 'http://search.vtex.r.vtex.io/acme/x', 501, 'NotSimulated'],
  ['a service that is not there', 'http://infra.io.vtex.com/sphinx/v1/x', 501, 'NotSimulated'],
])('rejects %s, and names it', async (_, target, status, code) => {
  const response = await call(target)
  expect(response.status).toBe(status)
  const { pathname, host } = new URL(target)
  const named = code === 'UnknownHost' ? host : pathname.split('/')[1]
  expect(JSON.parse(response.body)).toMatchObject({
    code,
    message: expect.stringContaining(named ?? ''),
  })
  expect(seen).toEqual([])
})

it.each([
  ['http://api.vtex.com/api/dataentities/CL/documents/7', 'Master Data'],
  [`http://${JANUS_HOST}/api/dataentities/CL/search`, 'Master Data'],
  ['http://id.vtex.com/api/x', "VTEX's API at id.vtex.com"],
  ['http://app.io.vtex.com/vtex.search/v1/acme/master/_v/graphql', 'GraphQL of vtex.search'],
  ['http://search.vtex.r.vtex.io/acme/master/_v/graphql', 'GraphQL of search.vtex.r.vtex.io'],
])(
  'responds 501 to %s, names the feature, and reports it once, without the query',
  async (target, feature) => {
    for (let n = 0; n < 2; n++) {
      const { status, body } = await call(`${target}?email=x`)
      expect(status).toBe(501)
      const called = `GET ${target.replace('http://', '')}`
      expect(JSON.parse(body)).toEqual({
        code: 'NotSimulated',
        message: expect.stringContaining(`${called}: ${feature} is not simulated; `),
      })
    }
    expect(reported).toEqual([expect.stringContaining(feature)])
    expect((await call(`http://${JANUS_HOST}/api/catalog/x`)).body).toBe('commerce')
  }
)

it('responds 403 to Master Data without a policy', async () => {
  policies.revoked.add('outbound-access')
  expect((await call('http://api.vtex.com/api/dataentities/CL/search')).status).toBe(403)
})

it('gives a host the policies of the token, and none for an unknown token', async () => {
  const granted = async (token: string) => {
    const headers = { 'proxy-authorization': 'secret', token }
    return (await call('http://granted.shop.example/api/x', headers)).body
  }
  expect(await granted('secret')).toBe('[true,false]')
  expect(await granted('other')).toBe('')
  policies.revoked.add('Stock')
  expect(await granted('secret')).toBe('[false,false]')
})

it('rejects all hosts when outbound-access is revoked', async () => {
  policies.revoked.add('outbound-access')
  expect((await call(TARGET)).status).toBe(403)
  expect(seen).toEqual([])
})

it('replaces account and workspace in the host of a policy, not in its path', async () => {
  expect((await call('http://master--acme.own.example/{{account}}/x')).status).toBe(200)
  expect((await call('http://master--acme.own.example/acme/x')).status).toBe(403)
})

it("rejects a request without the app's credential", async () => {
  expect((await call(TARGET, { 'proxy-authorization': 'other' })).status).toBe(401)
  expect(seen).toEqual([])
})

type Case = [name: string, rule: Omit<FaultRule, 'upstream'>, expected: unknown, calls: number]
const CASES: Case[] = [
  [
    'status',
    { kind: 'status', status: 429, headers: { 'retry-after': '7' }, body: 'slow down' },
    { status: 429, body: 'slow down', headers: { 'retry-after': '7' } },
    0,
  ],
  ['status after the call', { kind: 'status', after: true }, { status: 503, body: '' }, 1],
  ['reset', { kind: 'reset' }, { message: 'read ECONNRESET' }, 0],
  ['reset after the call', { kind: 'reset', after: true }, { message: 'read ECONNRESET' }, 1],
  ['timeout', { kind: 'timeout' }, { message: 'no response' }, 0],
  ['truncated', { kind: 'truncated' }, { message: 'aborted' }, 1],
  [
    'malformed',
    { kind: 'malformed' },
    {
      status: 201,
      body: `${BODY.slice(0, BODY.length / 2)}\u0000<{"`,
      headers: { 'x-own': 'yes' },
    },
    1,
  ],
  ['empty', { kind: 'empty' }, { status: 201, body: '' }, 1],
  [
    'mistyped',
    { kind: 'mistyped', types: 'null' },
    { status: 201, body: '{"text":null}', headers: { 'x-own': 'yes' } },
    1,
  ],
  ['slow', { kind: 'slow', ms: 20 }, { status: 201, body: BODY }, 1],
]

it.each(CASES)('injects %s once; the next request succeeds', async (_, rule, expected, calls) => {
  faults.add({ upstream: 'a.shop.example', path: '/api/', method: 'get', times: 1, ...rule })
  const outcome = await call(TARGET).catch((error) => ({ message: error.message }))
  expect(outcome).toMatchObject(expected as object)
  expect(seen).toHaveLength(calls)
  expect(faults.injected()).toEqual({ [rule.kind]: 1 })
  expect(await call(TARGET)).toMatchObject({ status: 201, body: BODY })
})

it('sends a Retry-After date that is not in the past', async () => {
  faults.add({ upstream: '*', kind: 'status', status: 429, retryDate: 5 })
  const asked = Date.now()
  const { status, headers } = await call(TARGET)
  const date = Date.parse(String(headers['retry-after']))
  expect([status, date >= asked + 5_000, date < Date.now() + 6_000]).toEqual([429, true, true])
})

it('injects a fault into the share of the rule, the same requests for the same seed', () => {
  const drawn = (): boolean[] => {
    const repeatable = new Faults()
    repeatable.add({ upstream: '*', path: 'x\\d+$', kind: 'status', share: 0.3 })
    return Array.from({ length: 1_000 }, (_, index) => {
      const { fault } = repeatable.draw({ upstream: 'h', method: 'GET', path: `/x${index}` })
      return fault !== undefined
    })
  }
  const count = drawn().filter(Boolean).length
  expect(count).toBeGreaterThan(250)
  expect(count).toBeLessThan(350)
  expect(drawn()).toEqual(drawn())
})

it('responds 429 with Retry-After above a limit, without calling the upstream', async () => {
  limits.add({ upstream: 'a.shop.example', path: '/api/x', perSecond: 0.01, burst: 2 })
  const responses = [await call(TARGET), await call(TARGET), await call(TARGET)]
  expect(responses.map(({ status }) => status)).toEqual([201, 201, 429])
  expect(Number(responses[2]?.headers['retry-after'])).toBeGreaterThan(90)
  expect((await call('http://a.shop.example/api/y')).status).toBe(201)
  expect(seen).toHaveLength(3)
  expect(requests.of('a.shop.example').byStatus).toEqual({ 201: 3, 429: 1 })
})
