import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeServer, listen } from '../common/servers'

const REPOSITORY = join(__dirname, '..', '..')

interface Run {
  child: ChildProcess
  output: { stdout: string; stderr: string }
}

function run(...args: string[]): Run {
  const program = join(__dirname, 'platform.ts')
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], { cwd: REPOSITORY })
  const output = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (data) => {
      output[name] += data
    })
  }
  return { child, output }
}

async function until(ready: () => boolean): Promise<void> {
  while (!ready()) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('npm run platform', () => {
  let directory: string
  let upstream: Server

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'platform-program-'))
    upstream = createServer(({ method, url, headers }, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ method, url, host: headers.host }))
    })
  })

  afterEach(async () => {
    await closeServer(upstream)
    rmSync(directory, { recursive: true })
  })

  it('runs an app with its settings and upstreams, and prints what is not simulated', async () => {
    const server = await listen(upstream)
    const settings = join(directory, 'settings.json')
    writeFileSync(settings, JSON.stringify({ limit: 7 }))
    const { child, output } = run(
      ...['--app', 'sandbox/platform/older-app', '--state', join(directory, 'state')],
      ...['--settings', settings, '--upstream', `api.vtex.com=${server}`, '--account', 'other']
    )
    const ended = once(child, 'exit')
    await Promise.race([until(() => output.stdout.includes('log ')), ended])
    expect(output.stderr).toBe('')
    const url = /http:\S+/.exec(output.stdout)?.[0] ?? ''
    const get = async (path: string) => (await fetch(`${url}/_v/wishlist/${path}`)).json()
    expect(await get('mine')).toEqual({ items: null, limit: 7 })
    expect(await get('unsupported/masterdata')).toEqual({
      result: {
        method: 'GET',
        url: expect.stringMatching(/^\/api\/dataentities\/CL\/documents\/7\?.*an=other/),
        host: new URL(server).host,
      },
    })
    await get('unsupported/registry')
    expect(output.stderr).toMatch(/^501 GET .*: the apps registry is not simulated/)
    child.kill('SIGINT')
    expect(await ended).toEqual([0, null])
  })

  it.each([
    [[], 'expected --app FOLDER'],
    [['--app', 'x', '--upstream', 'host'], '--upstream host: expected HOST=URL'],
    [['--app', 'x', '--settings', 'none.json'], '--settings none.json: ENOENT'],
    [['--apps', 'x'], "Unknown option '--apps'"],
  ])('exits with 2 for %j', async (args, message) => {
    const { child, output } = run(...args, '--state', join(directory, 'state'))
    expect(await once(child, 'close')).toEqual([2, null])
    expect(output.stderr).toContain(message)
  })
})
