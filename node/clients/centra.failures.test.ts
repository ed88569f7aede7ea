import { inspect } from 'util'
import { gzipSync } from 'zlib'
import {
  CREDENTIAL,
  clientOf,
  failure,
  PAGE,
  ScriptedServer,
  TOKEN,
  tracedContext,
  xml,
} from '../../tests/centra/scriptedServer'
import { trafficOf } from '../throttling/limiters'
import { Centra } from './centra'

const server = new ScriptedServer()
const { asked } = server

beforeAll(() => server.start())
afterAll(() => server.stop())

const stock = () => clientOf().centra.stock(server.access, {})

type Behaviour = Parameters<ScriptedServer['does']>[0]

it("Centra.stock retries a 503, and counts each request at the account's limiter", async () => {
  const { context } = tracedContext()
  const owner = { ...context, account: 'retrying' }
  server.does((response) => response.writeHead(asked.length === 1 ? 503 : 200).end(PAGE))
  const { rows } = await new Centra(owner).stock(server.access, {})
  expect([rows.length, asked.length]).toEqual([1, 2])
  expect(trafficOf(owner)).toMatchObject({ centra: { requests: 2, retries: 1, inFlight: 0 } })
})

describe('Centra.stock', () => {
  it.each<[string, number, string, string, string]>([
    ['parameters', 400, '', 'refused', 'status 400'],
    ['the token', 401, '', 'refused', 'status 401, the credentials were not accepted'],
    [
      'a policy',
      403,
      '{"code":"Forbidden"}',
      'refused',
      "status 403, the app's role or policy does not allow this: code Forbidden",
    ],
    [
      'a wrong address',
      404,
      '<html>',
      'refused',
      'status 404, nothing is there; is centraUrl right?',
    ],
    ['a redirect', 302, '', 'refused', 'status 302, the upstream redirects, which is not followed'],
    ['server error', 500, 'oops', 'down', 'status 500'],
    ['no content', 204, '', 'down', 'status 204'],
    ['maintenance', 503, '{"status":"no","msg":"closed"}', 'down', 'status 503: closed'],
    [
      'the endpoint being switched off',
      ...([403, '{"status":"Not Allowed"}', 'refused'] as const),
      'status "Not Allowed"; the plugin has Get stock switched off',
    ],
  ])('by %s', async (_, status, body, kind, detail) => {
    server.answers(status, body, { location: 'http://127.0.0.1:1/' })
    expect(await failure(stock())).toMatchObject({ kind, status, message: `Centra: ${detail}` })
    expect(asked).toHaveLength(1)
  })

  it('rejects a 429 as overloaded, with the time to wait', async () => {
    server.answers(429, '', { 'retry-after': '7' })
    expect(await failure(stock())).toMatchObject({ kind: 'overloaded', retryAfterMs: 7_000 })
  })

  it.each([
    ['nothing', ''],
    ['a page that breaks off', PAGE.slice(0, -9)],
    ['XML that breaks off', xml('<products><product><sku>').slice(0, -20)],
    ['a text', '"ok"'],
    ['a web page', '<!doctype html><html><body>Log in<br></body></html>'],
  ])('by %s', async (_, body) => {
    server.answers(200, body)
    expect(await failure(stock())).toMatchObject({
      kind: 'malformed',
      message: 'Centra: the answer is neither JSON nor XML as Centra sends it, or breaks off',
    })
  })

  it.each<[string, Behaviour, string]>([
    [
      'a connection that breaks off',
      (response) => response.socket?.destroy(),
      'Centra: ECONNRESET',
    ],
    [
      'an answer that breaks off',
      (response) => {
        response.writeHead(200, { 'content-length': PAGE.length })
        response.write(PAGE.slice(0, 20), () => response.socket?.destroy())
      },
      'Centra: the answer broke off',
    ],
    [
      'an error that breaks off',
      (response) => {
        response.writeHead(403, { 'content-length': PAGE.length })
        response.write(PAGE.slice(0, 20), () => response.socket?.destroy())
      },
      'Centra: the answer broke off',
    ],
  ])('by %s', async (_, behaviour, message) => {
    server.does(behaviour)
    expect(await failure(stock())).toMatchObject({ kind: 'down', message })
  })

  it.each<[string, Behaviour]>([
    ['never comes', () => undefined],
    [
      'never ends, though it goes on',
      (response) => {
        const timer = setInterval(() => response.write(' '), 10)
        response.on('close', () => clearInterval(timer))
      },
    ],
    [
      'was compressed and breaks off',
      (response) => {
        response.writeHead(200, { 'content-encoding': 'gzip' })
        response.write(gzipSync(PAGE).subarray(0, 30), () => response.socket?.destroy())
      },
    ],
    [
      'is no gzip, though it says so',
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(PAGE),
    ],
  ])('rejects as down if the response %s', async (_, behaviour) => {
    server.does(behaviour)
    const call = clientOf({ timeoutMs: 300 }).centra.stock(server.access, {})
    expect(await failure(call)).toMatchObject({
      kind: 'down',
      // Versions of axios differ in whether they notice what is wrong with a compressed answer.
      message: expect.stringMatching(
        /^Centra: (no whole answer in time|the answer broke off|Z_DATA_ERROR)$/
      ),
    })
  })

  it('rejects a response over 32 MB as malformed, also if it was compressed', async () => {
    const body = gzipSync(Buffer.alloc(33 * 2 ** 20, ' '))
    server.answers(200, body, { 'content-encoding': 'gzip' })
    expect(await failure(stock())).toMatchObject({
      kind: 'malformed',
      message: 'Centra: an answer of more than 32 MB',
    })
  })
})

describe('secrets of Centra.stock', () => {
  const echo = `{"status":"no","msg":"no such token: ${TOKEN} by ${CREDENTIAL}"}`
  const failing: [string, Behaviour][] = [
    ['is echoed', (response) => response.end(echo)],
    ['is echoed with a status', (response) => response.writeHead(500).end(echo)],
    ['is redirected', (response) => response.writeHead(302, { location: TOKEN }).end(TOKEN)],
    ['breaks off', (response) => response.socket?.destroy()],
    ['never ends', () => undefined],
  ]

  const isIn = (all: unknown) => {
    const text = inspect(all, { depth: 12, maxArrayLength: null, maxStringLength: null })
    return [TOKEN, CREDENTIAL].filter((secret) => text.includes(secret))
  }

  it.each(failing)(
    "stay out of errors and of the runtime's log and trace when it %s",
    async (_, behaviour) => {
      for (const auth of ['api-authorization', 'bearer'] as const) {
        server.does(behaviour)
        const { centra, told } = clientOf({ traced: true, timeoutMs: 300 })
        const error = await failure(centra.stock({ ...server.access, auth }, { sku: 'a' }))
        expect(told).not.toEqual([])
        expect(isIn([error, told])).toEqual([])
      }
    }
  )

  it("stay out of the runtime's log and trace of a successful call", async () => {
    server.answers(200, PAGE)
    const { centra, told } = clientOf({ traced: true })
    await centra.stock(server.access, {})
    expect(told).not.toEqual([])
    expect(isIn(told)).toEqual([])
  })
})
