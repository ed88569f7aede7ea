import type { App } from '../app'
import type { Identity } from '../identity'

/** The policies of the app's manifest. */
export interface Policies {
  /** Names of declared policies that are treated as missing. */
  readonly revoked: Set<string>
  /** Whether a policy of this name is granted. */
  has(name: string): boolean
  /** Whether `outbound-access` covers this host and path (without query). */
  allowsOutbound(host: string, path: string): boolean
  /** Whether `outbound-access` covers any path of this host. */
  allowsHost(host: string): boolean
}

/** Returns the policies of the app with a token; undefined for an unknown token. */
export type PoliciesOf = (token: string) => Pick<Policies, 'has'> | undefined

/**
 * Reads the manifest's policies (VTEX IO: `outbound-access` has `host` and `path`, where `*` matches any characters;
 * without one of them it allows nothing). In a host, `{{account}}` and `{{workspace}}` are replaced by those of
 * `installed`.
 */
export function readPolicies(
  app: Pick<App, 'policies'>,
  installed: Pick<Identity, 'account' | 'workspace'>
): Policies {
  const names = new Set(app.policies.map(({ name }) => name))
  const outbound = app.policies
    .filter(({ name }) => name === 'outbound-access')
    .map(({ attrs }) => ({
      host: wildcard(filled(attrs?.host, installed)),
      path: wildcard(attrs?.path),
    }))
  const revoked = new Set<string>()
  const has = (name: string) => names.has(name) && !revoked.has(name)
  return {
    revoked,
    has,
    allowsHost: (host) =>
      has('outbound-access') && outbound.some((policy) => policy.host.test(host)),
    allowsOutbound: (host, path) =>
      has('outbound-access') &&
      outbound.some((policy) => policy.host.test(host) && policy.path.test(path)),
  }
}

function filled(
  host: unknown,
  { account, workspace }: Pick<Identity, 'account' | 'workspace'>
): unknown {
  if (typeof host !== 'string') return host
  return host.replaceAll('{{account}}', account).replaceAll('{{workspace}}', workspace)
}

function wildcard(pattern: unknown): RegExp {
  if (typeof pattern !== 'string') {
    return /^\b\B/
  }
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')
  return new RegExp(`^${source}$`, 'i')
}
