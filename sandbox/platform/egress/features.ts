import { isGraphQL } from '../not-simulated'

/** The feature of a request inside VTEX IO; `app.io.vtex.com/{vendor}.{name}/...` is an app. */
export function featureOfVtexIo(hostname: string, pathname: string): string {
  const app = hostname === 'app.io.vtex.com' ? pathname.split('/', 2)[1] : hostname
  return isGraphQL(pathname) ? `GraphQL of ${app}` : `the app or service ${app}`
}

/** The feature of a request to a host of VTEX's APIs. */
export function featureOfVtex(hostname: string, pathname: string): string {
  if (isMasterData(pathname)) return 'Master Data'
  return isGraphQL(pathname) ? 'GraphQL' : `VTEX's API at ${hostname}`
}

/** Whether a path of VTEX's APIs is Master Data's: `/api/dataentities`, or `/{account}/dataentities`. */
export function isMasterData(pathname: string): boolean {
  return /^\/[^/]+\/dataentities(\/|$)/.test(pathname)
}
