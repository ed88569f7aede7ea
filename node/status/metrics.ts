import type { Summary } from '../exports/summary'
import type { StatusAnswer } from './answers'
import { STATES } from './health'

type Labels = Record<string, string>
type Sample = readonly [value: number | undefined, labels?: Labels]

/** The state as Prometheus reads it: text, version 0.0.4. Totals count from when the summary was first written. */
export function metricsOf(status: StatusAnswer, summary: Summary): string {
  const { lastUpdate, lastFullExport, queue, pending, drop } = status
  const { totals, held, rateLimited } = summary
  const ended = (value: (each: NonNullable<typeof lastUpdate>) => number): Sample[] => [
    [lastUpdate ? value(lastUpdate) : undefined, { export: 'update' }],
    [lastFullExport ? value(lastFullExport) : undefined, { export: 'full' }],
  ]
  const queued = (wanted: string) => queue.exports.filter((each) => each.status === wanted).length
  return [
    metric(
      'state',
      'gauge',
      '1 for the state that GET /status says',
      STATES.map((state) => [state === status.state ? 1 : 0, { state }])
    ),
    metric(
      'last_success_age_seconds',
      'gauge',
      'Age of the last success',
      ended((each) => each.ageSeconds)
    ),
    metric(
      'last_duration_seconds',
      'gauge',
      'Duration of the last success',
      ended((each) => each.durationMs / 1_000)
    ),
    metric('exports_total', 'counter', 'Ended exports by status', by('status', totals.exports)),
    metric('offers_total', 'counter', 'Offers by result', by('result', totals.offers)),
    metric('drift_total', 'counter', 'Offers that differed unreported', [[totals.drift]]),
    metric('failures_total', 'counter', 'Failed offers by code', by('code', totals.failureCodes)),
    metric('held', 'gauge', 'Held offers by source', by('source', held)),
    metric('queue', 'gauge', 'Exports that have not ended, by status', [
      [queue.length - queued('running') - queued('cancelling'), { status: 'queued' }],
      [queued('running'), { status: 'running' }],
      [queued('cancelling'), { status: 'cancelling' }],
    ]),
    metric('pending_documents', 'gauge', 'Documents of pending changes, 1000 at most', [
      [pending.documents],
    ]),
    metric(
      'rate_limited',
      'gauge',
      '429s of the worker that published last',
      by('upstream', rateLimited)
    ),
    metric('drop_files', 'gauge', "Files in Intershop's directory", [[drop?.files]]),
    metric('drop_oldest_age_seconds', 'gauge', 'Age of the oldest of them', [
      [drop?.oldestAgeSeconds],
    ]),
  ].join('')
}

const by = (label: string, counts: Record<string, number>): Sample[] =>
  Object.entries(counts).map(([name, count]) => [count, { [label]: name }])

function metric(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  samples: readonly Sample[]
): string {
  const full = `intershop_stock_${name}`
  const lines = samples.flatMap(([value, labels]) =>
    value === undefined ? [] : [`${full}${labels ? labelled(labels) : ''} ${value}\n`]
  )
  if (lines.length === 0) return ''
  return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.join('')}`
}

const labelled = (labels: Labels) =>
  `{${Object.entries(labels).map(([name, text]) => `${name}="${escaped(text)}"`)}}`

const escaped = (text: string) =>
  text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
