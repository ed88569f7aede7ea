import type { IOContext } from '@vtex/api'
import { gzipSync } from 'zlib'
import { ScriptedServer, tracedContext } from '../../tests/centra/scriptedServer'
import { toUpstreamError } from '../common/upstreamError'

/** The package that jest.axios1.config.js puts in axios's place. */
declare const AXIOS: string | undefined

const inPlace = typeof AXIOS === 'string' ? AXIOS : 'axios'
const VERSIONS: Record<string, RegExp> = {
  axios: /^0\.30\./,
  'axios1-oldest': /^1\.8\.4$/,
  'axios1-newest': /^1\.([2-9]\d)\./,
}

const egress = new ScriptedServer()
const before = process.env

/** @vtex/api reads where it runs when it is loaded. */
const load = async () => ({
  ...(await import('@vtex/api')),
  ...(await import('.')),
  axios: (await import('axios')).default,
})
let loaded: Awaited<ReturnType<typeof load>>

beforeAll(async () => {
  await egress.start()
  const http_proxy = new URL(egress.access.url).origin
  process.env = { ...before, http_proxy, VTEX_IO: 'true', VTEX_APP_ID: 'vendor.app@1.0.0' }
  jest.resetModules()
  loaded = await load()
})

afterEach(() => jest.restoreAllMocks())

afterAll(() => {
  process.env = before
  egress.stop()
})

/** What a call of @vtex/api's own HttpClient throws. */
const thrownBy = (context: IOContext) =>
  new loaded.HttpClient({
    ...context,
    baseURL: 'http://upstream.example',
    metrics: undefined,
  } as never)
    .get('/x')
    .then(
      () => new Error('nothing was thrown'),
      (thrown: unknown) => thrown
    )

describe(`@vtex/api on ${inPlace}`, () => {
  it('loads the axios version that this run tests', async () => {
    const { axios } = loaded
    const { version } = require(`${inPlace}/package.json`)
    expect([axios.VERSION, version]).toEqual([
      version,
      expect.stringMatching(VERSIONS[inPlace] ?? /^$/),
    ])
    egress.answers(503, '')
    // Its error is of the class of the very module that was asked for its version.
    const thrown = (await thrownBy(tracedContext().context)) as Error
    expect(thrown).toBeInstanceOf(axios.AxiosError)
    expect(toUpstreamError('X', thrown)).toMatchObject({ status: 503, kind: 'down' })
  })

  it.each([
    ['breaks off', () => gzipSync('{"a":1}'.repeat(99)).subarray(0, 20)],
    ['is no gzip', () => Buffer.from('{"a":1}')],
  ])("ends VBase's calls if a compressed response %s", async (_, body) => {
    jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), 300)
      return controller.signal
    })
    egress.does((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
      response.write(body(), () => response.socket?.destroy())
    })
    const { vbase } = new loaded.Clients(loaded.clientOptions, tracedContext().context)
    const thrown = await vbase.getJSON('folder', 'name', true).catch((error: unknown) => error)
    expect(toUpstreamError('VBase', thrown)).toMatchObject({
      kind: 'down',
      status: undefined,
    })
  })
})
