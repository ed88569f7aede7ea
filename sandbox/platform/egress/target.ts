/** Host of VTEX IO's own services. */
export const INFRA_HOST = 'infra.io.vtex.com'
/**
 * Whether a host is inside VTEX IO, where no `outbound-access` is needed: other apps (app.io.vtex.com, or
 * `{app}.{vendor}.{region}.vtex.io`), its services (`{service}.{region}.vtex.io`) and its router.
 */
export function isOfVtexIo(hostname: string): boolean {
  return /(^|\.)(io\.vtex\.com|vtex\.io)$/.test(hostname)
}

/** Whether a host serves APIs of VTEX, such as Master Data's. */
export function isOfVtex(hostname: string): boolean {
  return /(^|\.)(vtex\.com|myvtex\.com|vtex(commercestable|commercebeta|payments)\.com\.br)$/.test(
    hostname
  )
}

/** Host of the account's APIs, including VTEX IO's scheduler. */
export const JANUS_HOST = 'portal.vtexcommercestable.com.br'

/** The target of a proxied request. */
export interface Target {
  /** Lower case, with the port if the URL has one other than its scheme's own. */
  host: string
  /** Path and query. */
  path: string
}

/**
 * Parses an absolute-form request target, `http://host/path?query` or https; undefined for any other form.
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
