/** Where VTEX IO's own services live. */
export const INFRA_HOST = 'infra.io.vtex.com'
/**
 * Whether a host is inside VTEX IO, where `outbound-access` plays no part: other apps (app.io.vtex.com, or
 * `{app}.{vendor}.{region}.vtex.io`), its services (`{service}.{region}.vtex.io`) and its router.
 */
export function isOfVtexIo(hostname: string): boolean {
  return /(^|\.)(io\.vtex\.com|vtex\.io)$/.test(hostname)
}

/** Where apps reach their account's APIs, VTEX IO's scheduler among them. */
export const JANUS_HOST = 'portal.vtexcommercestable.com.br'

/** What a proxied request asks for. */
export interface Target {
  /** Lower case, with the port if the URL has one other than its scheme's own. */
  host: string
  /** Path and query. */
  path: string
}

/**
 * Reads an absolute-form request target, `http://host/path?query`, or with https, which VTEX IO's egress speaks for
 * the app; undefined for any other form.
 */
export function parseTarget(url: string): Target | undefined {
  const scheme = /^https?:\/\//.exec(url)?.[0]
  if (scheme === undefined) {
    return undefined
  }
  const start = scheme.length
  const end = url.slice(start).search(/[/?]/)
  const host = (end < 0 ? url.slice(start) : url.slice(start, start + end)).toLowerCase()
  const path = end < 0 ? '/' : url.slice(start + end)
  return {
    host: host.replace(scheme === 'http://' ? /:80$/ : /:443$/, ''),
    path: path.startsWith('/') ? path : `/${path}`,
  }
}
