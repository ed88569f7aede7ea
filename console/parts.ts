import { ApiError, type ExportSummary } from './api'
import { type Child, h, s } from './dom'
import { duration, number } from './format'
import { maybe, t } from './i18n'

/** A colour with a meaning. */
export type Tone = 'ok' | 'late' | 'bad' | 'idle' | 'busy'

export const pill = (tone: Tone, text: string) => h('span', { class: `pill tone-${tone}` }, text)

export const tag = (text: string) => h('span', { class: 'tag' }, text)

const STATUS_TONES: Readonly<Record<ExportSummary['status'], Tone>> = {
  queued: 'idle',
  running: 'busy',
  cancelling: 'busy',
  completed: 'ok',
  completedWithErrors: 'late',
  failed: 'bad',
  cancelled: 'idle',
}

export const statusPill = (status: ExportSummary['status']) =>
  pill(STATUS_TONES[status] ?? 'idle', maybe(`status.${status}`, status))

export const isActive = ({ status }: Pick<ExportSummary, 'status'>) =>
  status === 'queued' || status === 'running' || status === 'cancelling'

/** "Update", "Seller 2, last 60 minutes" */
export function exportTitle({
  route,
  scope = {},
}: {
  route?: ExportSummary['route'] | undefined
  scope?: ExportSummary['scope'] | undefined
}): string {
  if (route === undefined) return t('route.unknown')
  return maybe(`route.${route}`, route, {
    sellerId: scope.sellerId ?? '',
    startId: scope.startId ?? '',
    minutes: scope.minutes ?? '',
  })
}

/** A heading with its content in a box. */
export const card = (title: string, aside: Child, ...content: Child[]) =>
  h('section', { class: 'card' }, h('header', {}, h('h2', {}, title), aside), content)

export const pageTitle = (title: string, lead: Child, ...aside: Child[]) =>
  h(
    'div',
    { class: 'title' },
    h('h1', { tabindex: -1 }, title),
    aside.length > 0 && h('div', { class: 'row' }, aside),
    lead && h('p', {}, lead)
  )

/** A message in a colour; `alert` is read out at once. */
export const notice = (tone: Tone, title: string, text?: Child, isAlert = false) =>
  h(
    'div',
    { class: `notice tone-${tone}`, role: isAlert ? 'alert' : undefined },
    h('strong', {}, title),
    text && h('p', {}, text)
  )

/** What went wrong, and what to do. */
export function errorNotice(thrown: unknown): HTMLElement {
  const { title, text } = describeError(thrown)
  return notice('bad', title, text, true)
}

export function describeError(thrown: unknown): { title: string; text: string } {
  if (!(thrown instanceof ApiError)) {
    return { title: t('error.unexpected'), text: String(thrown) }
  }
  const { status, code, message, retryAfter } = thrown
  const said = [code, message].filter(Boolean).join(': ')
  if (status === 0) return { title: t('error.network'), text: t('error.network.do') }
  if (status === 401) return { title: t('error.token'), text: t('error.token.do') }
  if (status === 429) {
    const wait = retryAfter > 0 ? ` ${t('error.retryAfter', { seconds: retryAfter })}` : ''
    return { title: t('error.busy'), text: `${said}${wait}`.trim() || t('error.busy.do') }
  }
  if (status === 503 || status === 502 || status === 504) {
    return { title: t('error.unavailable'), text: said || t('error.unavailable.do') }
  }
  return { title: t('error.refused', { status }), text: said }
}

interface Column<T> {
  title: string
  cell: (item: T) => Child
  /** Right-aligned, or wide and wrapping. */
  kind?: 'num' | 'wide'
}

/** A table that says what it is to who cannot see it. */
export function table<T>(caption: string, columns: readonly Column<T>[], items: readonly T[]) {
  const cell = (item: T, { cell, kind }: Column<T>, index: number) =>
    index === 0
      ? h('th', { scope: 'row', class: kind }, cell(item))
      : h('td', { class: kind }, cell(item))
  return h(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
    h(
      'table',
      {},
      h('caption', { class: 'hidden' }, caption),
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          columns.map(({ title, kind }) => h('th', { scope: 'col', class: kind }, title))
        )
      ),
      h(
        'tbody',
        {},
        items.map((item) =>
          h(
            'tr',
            {},
            columns.map((column, index) => cell(item, column, index))
          )
        )
      )
    )
  )
}

/** A term and its value, and a note below it. */
export type Figure = readonly [term: string, value: Child, note?: Child]

export const tiles = (figures: readonly Figure[]) =>
  h(
    'dl',
    { class: 'tiles' },
    figures.map(([term, value, note]) =>
      h('div', {}, h('dt', {}, term), h('dd', {}, value), note && h('dd', { class: 'note' }, note))
    )
  )

export const facts = (list: readonly (Figure | false)[]) =>
  h(
    'dl',
    { class: 'facts' },
    list.flatMap((fact) => (fact ? [h('dt', {}, fact[0]), h('dd', {}, fact[1])] : []))
  )

export const empty = (text: string) => h('p', { class: 'empty' }, text)

export const button = (
  text: string,
  onclick: () => void,
  { kind, disabled, label }: { kind?: string; disabled?: boolean; label?: string } = {}
) => h('button', { type: 'button', class: kind, disabled, onclick, 'aria-label': label }, text)

/** How far an active export is. */
export function progressOf({
  label,
  planned,
  read,
  percent,
  secondsLeft,
}: {
  label: string
  planned?: number | undefined
  read: number
  percent?: number | undefined
  secondsLeft?: number | undefined
}): HTMLElement {
  const share = percent ?? (planned ? (100 * read) / planned : undefined)
  const rounded = share === undefined ? undefined : Math.min(100, Math.round(share))
  return h(
    'div',
    { class: 'progress' },
    rounded === undefined
      ? h('div', { class: 'wait', role: 'progressbar', 'aria-label': label })
      : h('progress', { max: 100, value: rounded, 'aria-label': label }),
    h(
      'div',
      { class: 'row between small muted' },
      h(
        'span',
        {},
        planned === undefined
          ? t('progress.listing', { read: number(read) })
          : t('progress.read', { read: number(read), planned: number(planned) })
      ),
      h(
        'span',
        {},
        [
          rounded === undefined ? '' : `${number(rounded)} %`,
          secondsLeft === undefined
            ? ''
            : t('progress.left', { time: duration(secondsLeft * 1_000) }),
        ]
          .filter(Boolean)
          .join(' · ')
      )
    )
  )
}

/** "12 sent · 3 unchanged · 1 failed": only what is not 0. */
export function countsText(offers: ExportSummary['offers']): string {
  const shown = (['sent', 'unchanged', 'held', 'unmapped', 'failed'] as const)
    .filter((name) => offers[name] > 0)
    .map((name) => t(`offers.${name}.short`, { count: number(offers[name]) }))
  return shown.length > 0 ? shown.join(' · ') : t('offers.none')
}

/** Drawn, not loaded: the state's sign. */
export const sign = (tone: Tone) =>
  s(
    'svg',
    { viewBox: '0 0 24 24', 'aria-hidden': 'true' },
    s('path', {
      d: SIGNS[tone],
      fill: 'none',
      stroke: 'currentColor',
      'stroke-width': 2.4,
      'stroke-linecap': 'round',
      'stroke-linejoin': 'round',
    })
  )

const SIGNS: Readonly<Record<Tone, string>> = {
  ok: 'M5 12.5l4.5 4.5L19 7.5',
  late: 'M12 5v7.5l4.5 2.5',
  bad: 'M12 5v9M12 18.8v.2',
  idle: 'M9 6v12M15 6v12',
  busy: 'M5 12h14M13 6l6 6-6 6',
}

export const brandMark = () =>
  s(
    'svg',
    { viewBox: '0 0 32 32', 'aria-hidden': 'true' },
    s('rect', { width: 32, height: 32, rx: 8, fill: '#3149c6' }),
    s('path', { d: 'M8 21v-6h4v6zm6 0V10h4v11zm6 0v-4h4v4z', fill: '#fff' })
  )

export const brand = () => h('div', { class: 'brand' }, brandMark(), t('app.name'))
