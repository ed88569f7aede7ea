import { countBy } from 'ramda'
import type { Summary } from '../exports/summary'
import type { StatusAnswer } from './answers'
import { STATES } from './health'

type Labels = Record<string, string>
type Sample = readonly [value: number | undefined, labels?: Labels]

/** The state as Prometheus reads it: text, version 0.0.4. Totals count from when the summary was first written. */
export function metricsOf(status: StatusAnswer, summary: Summary): string {
  const { lastUpdate, lastFullExport, queue, pending, drop } = status
  const { totals, held, rateLimited } = summary
  const states = STATES.map((state): Sample => [state === status.state ? 1 : 0, { state }])
  const ended = (value: (each: NonNullable<typeof lastUpdate>) => number): Sample[] => [
    [lastUpdate ? value(lastUpdate) : undefined, { export: 'update' }],
    [lastFullExport ? value(lastFullExport) : undefined, { export: 'full' }],
  ]
  const ages = ended((each) => each.ageSeconds)
  const durations = ended((each) => each.durationMs / 1_000)
  const { running = 0, cancelling = 0 } = countBy(({ status: its }) => its, queue.exports)
  const open = by('status', { queued: queue.length - running - cancelling, running, cancelling })
  const { files, oldestAgeSeconds } = drop ?? {}
  return [
    metric('state', '1 for the state that GET /status says', states),
    metric('last_success_age_seconds', 'Age of the last success', ages),
    metric('last_duration_seconds', 'Duration of the last success', durations),
    metric('exports_total', 'Ended exports by status', by('status', totals.exports)),
    metric('offers_total', 'Offers by result', by('result', totals.offers)),
    metric('drift_total', 'Offers that differed unreported', [[totals.drift]]),
    metric('failures_total', 'Failed offers by code', by('code', totals.failureCodes)),
    metric('held', 'Held offers by source', by('source', held)),
    metric('queue', 'Exports that have not ended, by status', open),
    metric('pending_documents', 'Documents of pending changes, 1000 at most', [
      [pending.documents],
    ]),
    metric('rate_limited', '429s of the worker that published last', by('upstream', rateLimited)),
    metric('drop_files', "Files in Intershop's directory", [[files]]),
    metric('drop_oldest_age_seconds', 'Age of the oldest of them', [[oldestAgeSeconds]]),
  ].join('')
}

const by = (label: string, counts: Record<string, number>): Sample[] =>
  Object.entries(counts).map(([name, count]) => [count, { [label]: name }])

/** A metric, unless it has no value. By Prometheus's convention the names of counters end with `_total`. */
function metric(name: string, help: string, samples: readonly Sample[]): string {
  const full = `intershop_stock_${name}`
  const type = name.endsWith('_total') ? 'counter' : 'gauge'
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
