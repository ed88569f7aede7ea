import type { ExportSummary } from './api'
import { h, s } from './dom'
import { duration, number, shortMoment, shortNumber } from './format'
import { t } from './i18n'
import { exportTitle } from './parts'

/** One export as bars: the one in front never exceeds the one behind. */
interface Bar {
  label: string
  behind: number
  front: number
  /** Marks it as one with failures. */
  isBad: boolean
  href: string
}

interface Chart {
  title: string
  bars: readonly Bar[]
  /** The scale's lines, ascending; the first is 0. */
  ticks: readonly number[]
  show: (value: number) => string
}

const HEIGHT = 170
const LEFT = 44
const TOP = 8
const BOTTOM = 22
const MAX_BARS = 40

/** Exports differ by a factor of thousands: a linear scale would show the full ones only. */
const scale = (value: number) => Math.log10(1 + value)

function drawn({ bars, ticks, show }: Chart): SVGElement {
  const width = innerWidth < 760 ? 320 : 500
  const inner = width - LEFT
  const bottom = HEIGHT - BOTTOM
  const top = scale(ticks.at(-1) ?? 1)
  const y = (value: number) => bottom - (scale(value) / top) * (bottom - TOP)
  const step = inner / Math.max(bars.length, 12)
  const wide = Math.min(18, step * 0.7)
  const rect = (kind: string, index: number, value: number) =>
    value > 0 &&
    s('rect', {
      class: kind,
      x: (LEFT + index * step + (step - wide) / 2).toFixed(1),
      y: y(value).toFixed(1),
      width: wide.toFixed(1),
      height: Math.max(1.5, bottom - y(value)).toFixed(1),
      rx: Math.min(3, wide / 3).toFixed(1),
    })
  return s(
    'svg',
    // The list below says the same; a link in it would be one more stop for each bar.
    { viewBox: `0 0 ${width} ${HEIGHT}`, 'aria-hidden': 'true' },
    ticks.map((tick) => [
      s('line', { class: 'grid', x1: LEFT, x2: width, y1: y(tick), y2: y(tick) }),
      s('text', { x: LEFT - 8, y: y(tick) + 4, 'text-anchor': 'end' }, show(tick)),
    ]),
    bars.map(({ label, behind, front, isBad, href }, index) =>
      s(
        'a',
        { href, tabindex: -1 },
        s('title', {}, label),
        s('rect', {
          x: LEFT + index * step,
          y: TOP,
          width: step,
          height: bottom - TOP,
          fill: 'transparent',
        }),
        rect('b', index, behind),
        rect('a', index, front),
        isBad &&
          s('circle', {
            class: 'bad',
            cx: (LEFT + (index + 0.5) * step).toFixed(1),
            cy: (y(behind) - 6).toFixed(1),
            r: 3,
          })
      )
    ),
    s('text', { x: LEFT, y: HEIGHT - 6 }, bars[0]?.label.split(' · ')[0] ?? ''),
    bars.length > 1 &&
      s(
        'text',
        { x: LEFT + bars.length * step, y: HEIGHT - 6, 'text-anchor': 'end' },
        bars.at(-1)?.label.split(' · ')[0] ?? ''
      )
  )
}

/** The steps up to the first that holds `most`. */
function upTo(steps: readonly number[], most: number): number[] {
  const above = steps.findIndex((step) => step >= most)
  return above < 0 ? [...steps] : steps.slice(0, Math.max(above, 2) + 1)
}

const COUNTS = [0, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000]
const SECONDS = [0, 10, 60, 600, 3_600, 36_000, 360_000]

/** The last ended exports that published, oldest first. */
export const chartable = (exports: readonly ExportSummary[]) =>
  exports
    .filter(({ endedAt, dryRun, coveredBy }) => endedAt && !dryRun && !coveredBy)
    .slice(0, MAX_BARS)
    .reverse()

const link = ({ exportId }: ExportSummary) => `#/exports/${exportId}`
const isBad = ({ status, offers }: ExportSummary) => status === 'failed' || offers.failed > 0

/** Offers sent, before the offers read. */
export function offersChart(exports: readonly ExportSummary[]): HTMLElement {
  const bars = exports.map((each) => ({
    label: `${shortMoment(each.acceptedAt)} · ${exportTitle(each)} · ${t('chart.offers.bar', {
      sent: number(each.offers.sent),
      processed: number(each.offers.processed),
    })}`,
    behind: each.offers.processed,
    front: each.offers.sent,
    isBad: isBad(each),
    href: link(each),
  }))
  const most = Math.max(...bars.map(({ behind }) => behind))
  return figure({
    title: t('chart.offers.title', { count: bars.length }),
    bars,
    ticks: upTo(COUNTS, most),
    show: shortNumber,
  })(t('chart.sent'), t('chart.read'))
}

/** How long each took. */
export function durationsChart(exports: readonly ExportSummary[]): HTMLElement {
  const bars = exports.map((each) => {
    const ms = each.durationMs ?? 0
    return {
      label: `${shortMoment(each.acceptedAt)} · ${exportTitle(each)} · ${duration(ms)}`,
      behind: ms / 1_000,
      front: ms / 1_000,
      isBad: isBad(each),
      href: link(each),
    }
  })
  const most = Math.max(...bars.map(({ behind }) => behind))
  return figure({
    title: t('chart.durations.title', { count: bars.length }),
    bars,
    ticks: upTo(SECONDS, most),
    show: (seconds) => (seconds === 0 ? '0' : duration(seconds * 1_000)),
  })(t('chart.duration'))
}

const figure = (chart: Chart) => (front: string, behind?: string) =>
  h(
    'figure',
    { class: 'chart stack', 'aria-label': chart.title },
    drawn(chart),
    h(
      'figcaption',
      { class: 'legend' },
      h('span', {}, h('i', {}), front),
      behind && h('span', {}, h('i', { class: 'b' }), behind),
      chart.bars.some((bar) => bar.isBad) &&
        h('span', {}, h('i', { class: 'bad' }), t('chart.bad')),
      // The same to who cannot see it.
      h(
        'ul',
        { class: 'hidden' },
        chart.bars.map(({ label }) => h('li', {}, label))
      )
    )
  )
