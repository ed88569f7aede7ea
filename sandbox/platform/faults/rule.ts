import { z } from 'zod'
import { MISTYPINGS } from './mistype'

/**
 * A fault to inject into the app's calls. All fields narrow or shape it:
 *
 * | kind | what the app sees |
 * |---|---|
 * | latency | the answer `ms` (plus up to `jitter`) later; adds to other faults |
 * | status | `status` (503) with `headers` and `body`, the call not made |
 * | reset | the connection broken |
 * | timeout | no answer for `ms`, then the connection broken; without `ms`, never any |
 * | truncated | the real answer, broken off half-way through its body |
 * | malformed | the real answer's first half and then no JSON or XML, complete by its length |
 * | empty | the real answer's status with no body |
 * | mistyped | the real answer, its JSON's values of other types: `types` says which |
 * | slow | the real answer, its body in ten portions over `ms` |
 *
 * With `after: true` status, reset and timeout let the call take place and hide its answer.
 */
export const faultRuleSchema = z.strictObject({
  /** A hostname, `vbase`, `courier`, `apps`, `scheduler`, or `*` for all of them. */
  upstream: z.string().min(1),
  /** A prefix of path and query when it starts with `/`, else the source of a regular expression. */
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
  /** With `status`: adds Retry-After as a date, so many seconds after the answer. */
  retryDate: z.int().nonnegative().optional(),
  /** With `mistyped`: text when absent. */
  types: z.enum(MISTYPINGS).optional(),
  /** Milliseconds. */
  ms: z.number().nonnegative().optional(),
  jitter: z.number().nonnegative().optional(),
  /** The share of the matching calls that it hits, 0 to 1; 1 when absent. */
  share: z.number().min(0).max(1).optional(),
  /** How many calls it hits before it is spent; unlimited when absent. */
  times: z.int().positive().optional(),
  after: z.boolean().optional(),
})

export type FaultRule = z.infer<typeof faultRuleSchema>
export type FaultKind = FaultRule['kind']

/** A call of the app, as rules see it. */
export interface Call {
  /** A hostname, or the name of an infra service. */
  upstream: string
  method: string
  /** Path and query. */
  path: string
}

/** Whether a rule speaks of such a call. */
export function createCondition(rule: FaultRule): (call: Call) => boolean {
  const onPath = pathCondition(rule.path)
  const method = rule.method?.toUpperCase()
  return (call) =>
    (rule.upstream === '*' || rule.upstream === call.upstream) &&
    (method === undefined || method === call.method) &&
    onPath(call.path)
}

function pathCondition(pattern: string | undefined): (path: string) => boolean {
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
    pathCondition(pattern)
    return true
  } catch {
    return false
  }
}
