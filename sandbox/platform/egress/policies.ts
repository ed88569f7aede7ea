import type { App } from '../app'

/** What the manifest allows the app to call. */
export interface Policies {
  /** Names of policies that are not granted though the manifest declares them, as if it did not. */
  readonly withheld: Set<string>
  /** Whether a policy of this name is granted. */
  has(name: string): boolean
  /** Whether `outbound-access` covers this host and path (without query). */
  allowsOutbound(host: string, path: string): boolean
}

/** The policies that a token's app is granted; undefined for a token that nobody has. */
export type PoliciesOf = (token: string) => Pick<Policies, 'has'> | undefined

/**
 * Reads the manifest's policies (VTEX IO: `outbound-access` has `host` and `path`, `*` standing for any
 * characters; one that lacks either allows nothing).
 */
export function readPolicies(app: Pick<App, 'policies'>): Policies {
  const names = new Set(app.policies.map(({ name }) => name))
  const outbound = app.policies
    .filter(({ name }) => name === 'outbound-access')
    .map(({ attrs }) => ({ host: wildcard(attrs?.host), path: wildcard(attrs?.path) }))
  const withheld = new Set<string>()
  const has = (name: string) => names.has(name) && !withheld.has(name)
  return {
    withheld,
    has,
    allowsOutbound: (host, path) =>
      has('outbound-access') &&
      outbound.some((policy) => policy.host.test(host) && policy.path.test(path)),
  }
}

function wildcard(pattern: unknown): RegExp {
  if (typeof pattern !== 'string') {
    return /^\b\B/
  }
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(`^${source}$`, 'i')
}
