import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Platform } from '.'
import { startFixture } from './fixture/start'

const PACKAGES = join(__dirname, '..', '..', 'node_modules')

/** Copies the older app and gives it a runtime of its own, as its `yarn install` would. */
async function installApp(directory: string, runtime: string): Promise<void> {
  await cp(join(__dirname, 'older-app'), directory, { recursive: true })
  const packages = join(directory, 'node', 'node_modules')
  await mkdir(join(packages, '@vtex'), { recursive: true })
  await symlink(join(PACKAGES, runtime), join(packages, '@vtex', 'api'), 'dir')
  for (const name of ['@types', 'co-body']) {
    await symlink(join(PACKAGES, name), join(packages, name), 'dir')
  }
}

describe.each(['vtex-api-6.45', '@vtex/api'])("another vendor's app on %s", (runtime) => {
  let directory: string
  let log: string
  let platform: Platform

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'runtimes-'))
    const appDirectory = join(directory, 'app')
    await installApp(appDirectory, runtime)
    const buildDirectory = join(directory, 'builds')
    log = join(directory, 'workers.log')
    platform = await startFixture(directory, {
      ...{ appDirectory, buildDirectory, replicas: 1, log },
      initialSettings: { limit: 2 },
      upstreams: {},
    })
  })

  afterAll(async () => {
    await platform?.stop()
    await rm(directory, { recursive: true })
  })

  async function call(method: string, path: string, body?: unknown) {
    const response = await fetch(`${platform.url}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
      headers: { 'content-type': 'application/json', 'x-own': 'kept', 'x-vtex-account': 'other' },
    })
    const text = await response.text()
    const { status } = response
    return { status, body: text.startsWith('{') || text.startsWith('[') ? JSON.parse(text) : text }
  }

  it('reads its settings, keeps documents in VBase and handles its events', async () => {
    for (const item of ['a', 'b', 'c']) {
      expect(await call('POST', '/_v/wishlist/mine', { item })).toMatchObject({ status: 201 })
    }
    const limited = { items: ['b', 'c'], limit: 2 }
    expect((await call('GET', '/_v/wishlist/mine')).body).toEqual(limited)
    await call('PUT', '/_sandbox/settings', { limit: 1 })
    await call('POST', '/_v/wishlist/mine', { item: 'a' })
    expect((await call('GET', '/_v/wishlist/mine')).body).toEqual({ items: ['a'], limit: 1 })
    await platform.courier.idle()
    expect(await platform.vbase.readJson('added', 'a')).toBe(2)
    const setup = { from: null, to: { id: 'other.wishlist@0.3.1' } }
    expect(await platform.vbase.readJson('installed', 'last')).toEqual(setup)
  })

  it('reads a document that the control API puts into VBase', async () => {
    const path = '/_sandbox/vbase/lists/put%2Fthere'
    expect((await call('PUT', path, ['x'])).status).toBe(204)
    expect((await call('GET', path)).body).toEqual(['x'])
    expect((await call('GET', '/_v/wishlist/put%2Fthere')).body).toMatchObject({ items: ['x'] })
    expect((await call('DELETE', path)).status).toBe(204)
    expect((await call('DELETE', path)).status).toBe(404)
    expect((await call('GET', '/_v/wishlist/put%2Fthere')).body).toMatchObject({ items: null })
    expect((await call('PUT', path, 'text')).status).toBe(204)
    expect(await platform.vbase.readJson('lists', 'put/there')).toBe('text')
  })

  it('serves its private routes to the control API alone, with the context of the platform', async () => {
    const path = '/_v/private/wishlist/report/a%20b'
    expect((await call('GET', path)).status).toBe(404)
    const { status, body } = await call('POST', `/_sandbox/private${path}?q=1`, { n: 1 })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      account: 'acme',
      workspace: 'master',
      route: { id: 'report', type: 'private', params: { list: 'a b' } },
      query: { q: '1' },
      verb: 'POST',
      path: `/acme/master${path}`,
      body: { n: 1 },
      own: 'kept',
    })
    const rest = '/_sandbox/private/_v/private/wishlist/files/x/y'
    expect((await call('GET', rest)).body).toMatchObject({ route: { params: { rest: 'x/y' } } })
    for (const other of ['/_v/wishlist/mine', '/_v/private/none']) {
      expect(await call('GET', `/_sandbox/private${other}`)).toEqual({
        status: 404,
        body: {
          code: 'NotFound',
          message: expect.stringMatching(`${other}; its private routes: .*/wishlist/report/:list`),
        },
      })
    }
  })

  it.each([
    ['masterdata', 'Master Data'],
    ['registry', 'the apps registry'],
    ['conflicts', 'conflicts of VBase'],
    ['graphql', 'GraphQL of vtex.catalog-graphql'],
    ['workspaces', 'the app or service platform.io.vtex.com'],
  ])('gets 501 for %s, which names it, and the log has it once', async (what, feature) => {
    for (let n = 0; n < 2; n++) {
      expect((await call('GET', `/_v/wishlist/unsupported/${what}`)).body).toMatchObject({
        status: 501,
        data: { code: 'NotSimulated', message: expect.stringContaining(`: ${feature} is not`) },
      })
    }
    const counts = (await call('GET', '/_sandbox/not-simulated')).body
    expect(counts[feature]).toBeGreaterThanOrEqual(2)
    // The runtime prints the response of a failed call too, within lines of its own.
    const ofPlatform = (await readFile(log, 'utf8'))
      .split('\n')
      .filter(
        (line) => /^[A-Z]+ \S+: /.test(line) && line.includes(`: ${feature} is not simulated`)
      )
    expect(ofPlatform).toHaveLength(1)
  })

  it.each(['/_v/private/graphql/v1', '/_sandbox/private/_v/graphql'])(
    'responds 501 to its own GraphQL at %s',
    async (path) => {
      expect(await call('POST', path, { query: '{ wishlist }' })).toMatchObject({
        status: 501,
        body: { message: expect.stringContaining(`POST ${path}: GraphQL is not simulated`) },
      })
    }
  )
})
