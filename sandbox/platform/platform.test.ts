import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listen } from '../common/servers'
import type { Platform } from '.'
import { act, post, startFixture } from './fixture/start'

let directory: string
let platform: Platform

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'platform-'))
  platform = await startFixture(directory)
})

afterEach(() => {
  platform.faults.clear()
  platform.courier.behaviour.down = false
})

afterAll(async () => {
  await platform.stop()
  await rm(directory, { recursive: true })
})

describe('the edge', () => {
  it('sets the context and the path parameters, not the client', async () => {
    const response = await post(
      platform,
      '/_v/fixture/echo/a%2Fb/and/%zz?q=1',
      { n: 1 },
      {
        'x-vtex-account': 'other',
        'x-vtex-caller': 'me',
        'x-colossus-route-id': 'send',
        'x-own': 'kept',
        token: 't',
      }
    )
    const echo = (await response.json()) as { url: string; headers: object }
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(echo).toMatchObject({
      method: 'POST',
      params: { first: 'a/b', second: '%zz' },
      account: 'acme',
      workspace: 'master',
      production: true,
      body: { n: 1 },
      headers: { 'x-own': 'kept', token: 't', 'x-vtex-credential': platform.credential },
    })
    expect(echo.headers).not.toHaveProperty('x-vtex-caller')
    expect(echo.url).toContain('?q=1')
  })

  it('streams a body of unknown length to the replicas, round robin', async () => {
    const pids = new Set<number>()
    for (const n of [1, 2]) {
      const response = await fetch(`${platform.url}/_v/fixture/echo/x/and/y`, {
        method: 'DELETE',
        headers: { 'content-type': 'application/json' },
        body: new Blob([JSON.stringify({ n })]).stream(),
        duplex: 'half',
      } as RequestInit)
      const { pid, body } = (await response.json()) as { pid: number; body: unknown }
      expect(body).toEqual({ n })
      pids.add(pid)
    }
    expect([...pids].sort()).toEqual(platform.replicas.pids().sort())
  })

  it.each([
    '/',
    '/_v/fixture/hidden',
    '/_v/fixture/echo/x',
    '/acme/master/_events',
    '/_sandbox/none',
  ])('responds 404 to %s', async (path) => {
    expect((await fetch(`${platform.url}${path}`)).status).toBe(404)
  })
})

describe('the services', () => {
  it('store documents in VBase, with versions', async () => {
    expect(await act(platform, 'files/read', { path: 'a/B' })).toEqual({ result: { found: null } })
    await act(platform, 'files/save', { path: 'a/B', data: { n: 1 } })
    const first = (await act(platform, 'files/read', { path: 'a/B' })) as {
      result: { etag: string }
    }
    expect(first.result).toMatchObject({ found: { n: 1 } })
    const ifMatch = first.result.etag
    expect(
      await act(platform, 'files/save', { path: 'a/B', data: { n: 2 }, ifMatch })
    ).toMatchObject({
      result: [{ path: 'a/B' }],
    })
    expect(
      await act(platform, 'files/save', { path: 'a/B', data: { n: 3 }, ifMatch })
    ).toMatchObject({
      failed: 412,
    })
    await act(platform, 'files/save', { path: 'a/C', data: {} })
    expect(await act(platform, 'files/list', { list: { prefix: 'a/', limit: 1 } })).toMatchObject({
      result: { data: [{ path: 'a/B' }], next: 'a/C' },
    })
    expect(await act(platform, 'files/delete', { path: 'a/C' })).toEqual({ result: 204 })
    expect(await platform.vbase.files('notes')).toEqual(['a/B'])
    expect(await platform.vbase.readJson('notes', 'a/B')).toEqual({ n: 2 })
  })

  it('return the app its settings, or a fault', async () => {
    expect(await act(platform, 'settings')).toEqual({ result: { token: 'first' } })
    await platform.settings.save({ token: 'second' })
    expect(await act(platform, 'settings')).toEqual({ result: { token: 'second' } })
    platform.faults.add({ upstream: 'apps', kind: 'status', status: 500 })
    expect(await act(platform, 'settings')).toMatchObject({ failed: 500 })
  })

  it('allow requests to simulated hosts that a policy covers', async () => {
    const url = 'http://portal.vtexcommercestable.com.br/api/x?an=acme'
    const result = { status: 200, data: { url: '/api/x?an=acme', own: 'own' } }
    expect(await act(platform, 'call', { url })).toEqual({ result })
    expect(await act(platform, 'call', { url: url.replace('/api/', '/other/') })).toMatchObject({
      failed: 403,
      data: { message: expect.stringContaining('portal.vtexcommercestable.com.br/other/x') },
    })
    platform.faults.add({ upstream: '*', path: '/api/', kind: 'reset' })
    expect(await act(platform, 'call', { url })).toMatchObject({ failed: 'ECONNRESET' })
  })
})

describe('the egress proxy, for https,', () => {
  it("needs a policy for host and path like http, from the runtime's clients", async () => {
    const url = 'https://portal.vtexcommercestable.com.br/api/x?an=acme'
    const result = { status: 200, data: { url: '/api/x?an=acme', own: 'own' } }
    expect(await act(platform, 'call', { url })).toEqual({ result })
    for (const other of [url.replace('/api/', '/other/'), 'https://elsewhere.example/api/x']) {
      const { host, pathname } = new URL(other)
      expect(await act(platform, 'call', { url: other })).toMatchObject({
        failed: 403,
        data: { message: `no outbound-access policy covers ${host}${pathname}` },
      })
    }
  })

  it.each(['fetch', 'https', 'tls'])('opened by %s is blocked', async (how) => {
    expect(await act(platform, 'tunnel', { how, host: 'elsewhere.example' })).toEqual({
      failed:
        'TLS to elsewhere.example:443 was blocked: no outbound-access policy covers elsewhere.example:443',
    })
    expect(await act(platform, 'tunnel', { how, host: 'x.allowed.example' })).toEqual({
      failed: expect.stringMatching(/the manifest allows x\.allowed\.example:443, but/),
    })
  })

  it('does not block raw TCP, for example SFTP', async () => {
    const server = createServer((socket) => socket.end('SSH-2.0-x'))
    const port = Number(new URL(await listen(server as never)).port)
    const action = { how: 'tcp', host: '127.0.0.1', port }
    expect(await act(platform, 'tunnel', action)).toEqual({ result: 'SSH-2.0-x' })
    server.close()
  })
})

describe('courier', () => {
  it.each(['throw', 'ask for another delivery', 'exit'])(
    'delivers an event again after the handler does %s',
    async (how) => {
      const id = how.slice(0, 3)
      expect((await post(platform, '/_v/fixture/send', { id, failures: 2, how })).status).toBe(202)
      await platform.courier.idle()
      expect(await platform.vbase.readJson('attempts', id)).toBe(3)
      expect(await platform.vbase.readJson('events', id)).toMatchObject({
        id,
        key: 'fixture.note',
        sender: 'sandbox.fixture',
      })
    }
  )

  it('delivers events of other apps', async () => {
    await platform.events.send(
      'vtex.broadcaster',
      'broadcaster.notification',
      { IdSku: '7' },
      'seven'
    )
    await platform.events.send('vtex.broadcaster', 'other.topic', { IdSku: '8' })
    await platform.events.send('vtex.other', 'broadcaster.notification', { IdSku: '9' })
    await platform.courier.idle()
    expect(await platform.vbase.files('notifications')).toEqual(['7'])
    expect(await platform.vbase.readJson('notifications', '7')).toEqual({
      IdSku: '7',
      sender: 'vtex.broadcaster',
      topic: 'broadcaster.notification',
      subject: 'seven',
    })
  })

  it('responds 503 to events while it is down', async () => {
    platform.courier.behaviour.down = true
    expect((await post(platform, '/_v/fixture/send', { id: 'down' })).ok).toBe(false)
    expect(platform.requests.of('courier').byStatus).toHaveProperty('503')
    expect(platform.courier.pending()).toEqual([])
  })
})

describe('platform.install', () => {
  const setups = async (): Promise<unknown[]> => {
    await platform.courier.idle()
    const names = await platform.vbase.files('setups')
    return Promise.all(names.map((name) => platform.vbase.readJson('setups', name)))
  }

  it('sends an event at the first start, and when install is called, also for other apps', async () => {
    expect(await setups()).toEqual([{ from: null, to: { id: 'sandbox.fixture@1.2.3' } }])
    await platform.install('other.app@0.1.0')
    expect(await setups()).toContainEqual({ from: null, to: { id: 'other.app@0.1.0' } })
    const path = '/_sandbox/install?shape=id'
    expect((await post(platform, path)).status).toBe(204)
    expect(await setups()).toContainEqual({ id: 'sandbox.fixture@1.2.3' })
    expect((await post(platform, `${path}x`)).status).toBe(400)
  })
})
