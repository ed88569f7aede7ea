import type { FaultRule } from '../platform'

/** A fault of a request, without the upstream that it concerns and how often. */
export type CallFault = Omit<FaultRule, 'upstream' | 'path' | 'method' | 'share' | 'times'>

const refusal = (header?: string): CallFault => ({
  kind: 'status',
  status: 429,
  ...(header !== undefined && { headers: { [header]: '1' } }),
})
const status = (code: number): CallFault => ({ kind: 'status', status: code })

/** Faults of requests to any upstream, by name. */
export const CALL_FAULTS = {
  latency: { kind: 'latency', ms: 50, jitter: 200 },
  '429': refusal(),
  '429-retry-after': refusal('retry-after'),
  '429-date': { ...refusal(), retryDate: 1 },
  '429-ratelimit-reset': refusal('ratelimit-reset'),
  '429-x-ratelimit-reset': refusal('x-ratelimit-reset'),
  '500': status(500),
  '502': status(502),
  '503': status(503),
  '504': status(504),
  reset: { kind: 'reset' },
  'answer-lost': { kind: 'reset', after: true },
  timeout: { kind: 'timeout' },
  truncated: { kind: 'truncated' },
  malformed: { kind: 'malformed' },
  empty: { kind: 'empty' },
  mistyped: { kind: 'mistyped', types: 'text' },
  'mistyped-null': { kind: 'mistyped', types: 'null' },
  'mistyped-shape': { kind: 'mistyped', types: 'shape' },
  page: { kind: 'status', status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
  slow: { kind: 'slow', ms: 2_000 },
} as const satisfies Record<string, CallFault>

export type CallFaultName = keyof typeof CALL_FAULTS

export const CALL_FAULT_NAMES = Object.keys(CALL_FAULTS) as CallFaultName[]
