import { decodePercent } from '../../common/http'

/** The public route that a request matches. */
export interface RouteMatch {
  routeId: string
  /** Decoded path parameters by name. */
  params: Record<string, string>
}

interface Route {
  routeId: string
  segments: readonly string[]
}

/**
 * Matches paths against the public routes of service.json (by route id). `:name` matches one non-empty segment; a last
 * `*name` matches the rest. Each segment is percent-decoded once, so an encoded slash stays inside its segment, and a
 * malformed escape stays as it is. Case-sensitive. One trailing slash is ignored (VTEX IO: undocumented). If several
 * routes match, the one with a fixed segment further left wins.
 */
export function createRouteMatcher(
  publicRoutes: Readonly<Record<string, string>>
): (path: string) => RouteMatch | undefined {
  const routes = Object.entries(publicRoutes)
    .map(([routeId, path]): Route => ({ routeId, segments: split(path) }))
    .sort((a, b) => rank(a).localeCompare(rank(b)))
  return (path) => {
    const segments = split(path)
    for (const route of routes) {
      const params = matchSegments(route.segments, segments)
      if (params !== undefined) {
        return { routeId: route.routeId, params }
      }
    }
    return undefined
  }
}

function split(path: string): string[] {
  return path.replace(/\/$/, '').split('/').slice(1)
}

/** Sorts fixed segments before parameters before a rest. */
function rank({ segments }: Route): string {
  return segments.map((segment) => ({ ':': '1', '*': '2' })[segment.charAt(0)] ?? '0').join('')
}

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[]
): Record<string, string> | undefined {
  const params: Record<string, string> = {}
  for (const [index, expected] of pattern.entries()) {
    if (expected.startsWith('*')) {
      params[expected.slice(1)] = segments.slice(index).map(decodePercent).join('/')
      return params
    }
    const segment = segments[index]
    if (segment === undefined || segment === '') {
      return undefined
    }
    if (expected.startsWith(':')) {
      params[expected.slice(1)] = decodePercent(segment)
    } else if (decodePercent(segment) !== expected) {
      return undefined
    }
  }
  return pattern.length === segments.length ? params : undefined
}
