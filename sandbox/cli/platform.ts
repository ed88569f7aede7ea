import { mkdirSync, readFileSync } from 'node:fs'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { basename, join, resolve } from 'node:path'
import { startPlatform, type Upstream } from '../platform'
import { parseArguments, UsageError, whole } from './options'
import { runProgram } from './program'

const HELP = `npm run platform -- --app FOLDER [options]: runs a VTEX IO node app on the simulated VTEX IO.

  --app FOLDER         contains manifest.json and node/; its own node_modules are used, else those of this repository
  --settings FILE      JSON with the app's settings at the first start
  --upstream HOST=URL  a server in the place of a public host; repeatable
  --port N             port of the app; 0 is any free port (0)
  --account NAME       simulated account (sandbox)
  --workspace NAME     simulated workspace (master)
  --replicas N         worker processes (1)
  --state FOLDER       VBase, events, schedules and settings (.sandbox/apps/{name of the app's folder})

sandbox/platform/README.md describes what is simulated. Ctrl-C ends it.
`

const TEXT = { type: 'string' } as const
const ARGUMENTS = {
  help: { type: 'boolean', short: 'h', default: false },
  app: TEXT,
  settings: TEXT,
  upstream: { type: 'string', multiple: true },
  port: TEXT,
  account: TEXT,
  workspace: TEXT,
  replicas: TEXT,
  state: TEXT,
} as const

const REPOSITORY = join(__dirname, '..', '..')

/** Sends requests for a public host on to another server. */
function forwardTo(base: URL): Upstream {
  const send = base.protocol === 'https:' ? requestHttps : requestHttp
  return (request, response) => {
    const { method, url, headers } = request
    const outgoing = send(base, { method, path: url, headers: { ...headers, host: base.host } })
    outgoing.on('response', (reply) => {
      response.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.pipe(response)
    })
    outgoing.on('error', () => response.destroy())
    request.pipe(outgoing)
  }
}

function readUpstream(text: string): [string, Upstream] {
  const [, host = '', url = ''] = /^([^=]+)=(https?:\/\/.+)$/.exec(text) ?? []
  if (!URL.canParse(url)) throw new UsageError(`--upstream ${text}: expected HOST=URL`)
  return [host.toLowerCase(), forwardTo(new URL(url))]
}

function readSettings(path: string): Record<string, unknown> {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UsageError(`--settings ${path}: ${error instanceof Error ? error.message : error}`)
  }
}

async function start(): Promise<number> {
  const values = parseArguments(process.argv.slice(2), ARGUMENTS)
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  if (values.app === undefined) throw new UsageError('expected --app FOLDER; see --help')
  const { account = 'sandbox', workspace = 'master' } = values
  const appDirectory = resolve(values.app)
  const state = values.state ?? join(REPOSITORY, '.sandbox', 'apps', basename(appDirectory))
  mkdirSync(state, { recursive: true })
  const log = join(state, 'app.log')
  const platform = await startPlatform({
    ...{ appDirectory, account, workspace, log, production: true, stateDirectory: state },
    buildDirectory: join(REPOSITORY, '.sandbox', 'build'),
    port: whole('port', values.port, 0, 65_535) ?? 0,
    replicas: whole('replicas', values.replicas, 1, 32) ?? 1,
    upstreams: Object.fromEntries((values.upstream ?? []).map(readUpstream)),
    ...(values.settings !== undefined && { initialSettings: readSettings(values.settings) }),
    onNotSimulated: (message) => process.stderr.write(`501 ${message}\n`),
  })
  const { url } = platform
  process.stdout.write(`app      ${url}\ncontrol  ${url}/_sandbox\nlog      ${log}\n`)
  await new Promise<void>((stop) => {
    process.once('SIGINT', stop)
    process.once('SIGTERM', stop)
  })
  await platform.stop()
  return 0
}

runProgram(start)
