import { randomBytes, randomUUID } from 'node:crypto'
import type { App } from './app'

/** The simulated account and workspace, and the token of the app. */
export interface Identity {
  account: string
  workspace: string
  production: boolean
  region: string
  /** The app's token: sent to a worker with each request, and by the worker with each call. */
  credential: string
}

/** Creates an identity with a new credential; each start has another one. */
export function createIdentity(options: {
  account: string
  workspace: string
  production: boolean
}): Identity {
  const { account, workspace, production } = options
  const credential = `sandbox-credential-${randomBytes(12).toString('hex')}`
  return { account, workspace, production, region: 'sandbox', credential }
}

/** The headers of a request or event from which the runtime fills `ctx.vtex`. */
export function contextHeaders(identity: Identity): Record<string, string> {
  return {
    'x-vtex-account': identity.account,
    'x-vtex-workspace': identity.workspace,
    'x-vtex-credential': identity.credential,
    'x-vtex-workspace-is-production': String(identity.production),
    'x-request-id': randomUUID(),
    'x-vtex-operation-id': randomUUID(),
  }
}

/** The environment of a worker: VTEX's variables and the minimum that a process needs. */
export function workerEnvironment(app: App, identity: Identity, proxy: string): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR, TZ, LANG } = process.env
  return {
    PATH,
    HOME,
    TMPDIR,
    TZ,
    LANG,
    NODE_ENV: 'production',
    VTEX_IO: 'true',
    VTEX_APP_ID: app.id,
    VTEX_APP_NAME: app.name,
    VTEX_APP_VENDOR: app.vendor,
    VTEX_APP_VERSION: app.version,
    VTEX_ACCOUNT: identity.account,
    VTEX_WORKSPACE: identity.workspace,
    VTEX_REGION: identity.region,
    VTEX_PRODUCTION: String(identity.production),
    http_proxy: proxy,
    https_proxy: proxy,
  }
}
