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
  /** Lower case, with the port if the URL has one other than 80. */
  host: string
  /** Path and query. */
  path: string
}

/** Reads an absolute-form request target, `http://host/path?query`; undefined for any other form. */
export function parseTarget(url: string): Target | undefined {
  if (!url.startsWith('http://')) {
    return undefined
  }
  const start = 'http://'.length
  const end = url.slice(start).search(/[/?]/)
  const host = (end < 0 ? url.slice(start) : url.slice(start, start + end)).toLowerCase()
  const path = end < 0 ? '/' : url.slice(start + end)
  return {
    host: host.replace(/:80$/, ''),
    path: path.startsWith('/') ? path : `/${path}`,
  }
}
