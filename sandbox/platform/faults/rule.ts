import { z } from 'zod'
import { MISTYPINGS } from './mistype'

/**
 * A fault to inject into the app's requests:
 *
 * | kind | what the app sees |
 * |---|---|
 * | latency | the response `ms` (plus up to `jitter`) later; adds to other faults |
 * | status | `status` (503) with `headers` and `body`; the upstream is not called |
 * | reset | the connection is reset |
 * | timeout | no response for `ms`, then the connection is closed; without `ms`, no response at all |
 * | truncated | half of the real response, then the connection is closed |
 * | malformed | half of the real body, then invalid JSON or XML, with a matching length |
 * | empty | the real status without a body |
 * | mistyped | the real response with JSON values of wrong types, see `types` |
 * | slow | the real response, its body in ten parts over `ms` |
 *
 * With `after: true`, status, reset and timeout call the upstream and hide its response.
 */
export const faultRuleSchema = z.strictObject({
  /** A hostname, `vbase`, `courier`, `apps` or `scheduler`; `*` for all. */
  upstream: z.string().min(1),
  /** A prefix of path and query if it starts with `/`, else a regular expression. */
  path: z.string().optional().refine(isUsable, 'expected a prefix or a regular expression'),
  method: z.string().optional(),
  kind: z.enum([
    'latency',
    'status',
    'reset',
    'timeout',
    'truncated',
    'malformed',
    'empty',
    'mistyped',
    'slow',
  ]),
  status: z.int().min(200).max(599).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  /** With `status`: adds Retry-After as a date, this many seconds after the response. */
  retryDate: z.int().nonnegative().optional(),
  /** With `mistyped`; default `text`. */
  types: z.enum(MISTYPINGS).optional(),
  /** Milliseconds. */
  ms: z.number().nonnegative().optional(),
  jitter: z.number().nonnegative().optional(),
  /** Share of the matching requests, 0 to 1; default 1. */
  share: z.number().min(0).max(1).optional(),
  /** Maximum number of injections; default unlimited. */
  times: z.int().positive().optional(),
  after: z.boolean().optional(),
})

export type FaultRule = z.infer<typeof faultRuleSchema>
export type FaultKind = FaultRule['kind']

/** A request of the app, as rules match it. */
export interface Call {
  /** A hostname, or the name of a VTEX IO service. */
  upstream: string
  method: string
  /** Path and query. */
  path: string
}

/** Returns whether a request matches a rule. */
export function createMatcher(rule: FaultRule): (call: Call) => boolean {
  const onPath = pathMatcher(rule.path)
  const method = rule.method?.toUpperCase()
  return (call) =>
    (rule.upstream === '*' || rule.upstream === call.upstream) &&
    (method === undefined || method === call.method) &&
    onPath(call.path)
}

function pathMatcher(pattern: string | undefined): (path: string) => boolean {
  if (pattern === undefined) {
    return () => true
  }
  if (pattern.startsWith('/')) {
    return (path) => path.startsWith(pattern)
  }
  const expression = new RegExp(pattern)
  return (path) => expression.test(path)
}

function isUsable(pattern: string | undefined): boolean {
  try {
    pathMatcher(pattern)
    return true
  } catch {
    return false
  }
}
