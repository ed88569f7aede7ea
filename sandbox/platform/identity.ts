import { randomBytes, randomUUID } from 'node:crypto'
import type { App } from './app'

/** Whose VTEX IO this is, and the token that the running app carries in it. */
export interface Identity {
  account: string
  workspace: string
  production: boolean
  region: string
  /** The app's token: a worker gets it with each request and shows it on each call. */
  credential: string
}

/** An identity with a credential of its own; a restart of the platform gives another. */
export function createIdentity(options: {
  account: string
  workspace: string
  production: boolean
}): Identity {
  const { account, workspace, production } = options
  const credential = `sandbox-credential-${randomBytes(12).toString('hex')}`
  return { account, workspace, production, region: 'sandbox', credential }
}

/** The headers that say to a worker whose request or event this is (VTEX IO: the runtime's `ctx.vtex`). */
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

/** The environment in which the runtime boots outside VTEX: nothing of ours but what a process needs. */
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
