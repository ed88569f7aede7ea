import { ask, type ExportList, type ExportSummary, query } from '../api'
import { type Child, h } from '../dom'
import { duration, moment, relative } from '../format'
import { maybe, t } from '../i18n'
import {
  button,
  countsText,
  empty,
  errorNotice,
  exportTitle,
  isActive,
  notice,
  pageTitle,
  progressOf,
  statusPill,
  tag,
} from '../parts'
import type { Frame, View } from '../view'
import { retryText } from './overview'

const STATUSES = [
  'queued',
  'running',
  'cancelling',
  'completed',
  'completedWithErrors',
  'failed',
  'cancelled',
] as const
const ROUTES = [
  'update',
  'export',
  'start',
  'seller',
  'time',
  'sellerTime',
  'release',
  'dismiss',
] as const
const TRIGGERS = ['schedule', 'api', 'console'] as const

const BUSY_MS = 3_000
const IDLE_MS = 15_000

/** The exports, newest first, with filters. */
export function exportsView(frame: Frame): View<ExportList> {
  const filter = { status: '', route: '', trigger: '' }
  let older: ExportSummary[] = []
  let next: string | undefined
  let failure: unknown

  const load = (before?: string, signal?: AbortSignal) =>
    ask<ExportList>(`/exports${query({ ...filter, before })}`, signal ? { signal } : {})

  async function more(before: string) {
    try {
      const page = await load(before)
      older = [...older, ...page.exports]
      next = page.next
      failure = undefined
    } catch (thrown) {
      failure = thrown
    }
    frame.redraw()
  }

  const choice = (name: keyof typeof filter, values: readonly string[]) =>
    h(
      'label',
      { class: 'field' },
      h('span', {}, t(`exports.${name}`)),
      h(
        'select',
        {
          onchange: (event) => {
            if (!(event.target instanceof HTMLSelectElement)) return
            filter[name] = event.target.value
            older = []
            next = undefined
            frame.reload()
          },
        },
        h('option', { value: '' }, t('exports.all')),
        values.map((value) =>
          h('option', { value, selected: filter[name] === value }, nameOf(name, value))
        )
      )
    )

  return {
    title: t('nav.exports'),
    async load(signal) {
      const page = await load(undefined, signal)
      if (older.length === 0) next = page.next
      return page
    },
    every: ({ exports }) => (exports.some(isActive) ? BUSY_MS : IDLE_MS),
    render: (data) => [
      pageTitle(
        t('nav.exports'),
        undefined,
        h('a', { class: 'button', href: '#/start' }, t('nav.start'))
      ),
      h(
        'section',
        { class: 'card' },
        h(
          'div',
          { class: 'form' },
          choice('status', STATUSES),
          choice('route', ROUTES),
          choice('trigger', TRIGGERS)
        ),
        failure !== undefined && errorNotice(failure),
        data ? list([...data.exports, ...older]) : h('p', { class: 'muted' }, t('app.loading')),
        data &&
          next !== undefined &&
          h(
            'div',
            {},
            button(t('common.more'), () => next !== undefined && void more(next))
          )
      ),
    ],
  }
}

const nameOf = (name: 'status' | 'route' | 'trigger', value: string) =>
  name === 'route' ? maybe(`kind.${value}`, value) : maybe(`${name}.${value}`, value)

const list = (exports: readonly ExportSummary[]): Child =>
  exports.length === 0 ? empty(t('exports.empty')) : h('ul', { class: 'items' }, exports.map(item))

const item = (each: ExportSummary): HTMLElement =>
  h(
    'li',
    { 'data-key': each.exportId },
    h(
      'div',
      { class: 'columns' },
      h(
        'div',
        { class: 'row' },
        h('a', { class: 'main', href: `#/exports/${each.exportId}` }, exportTitle(each)),
        statusPill(each.status),
        tags(each)
      ),
      h('span', { class: 'muted' }, each.coveredBy ? t('exports.merged') : countsText(each.offers)),
      h(
        'span',
        { class: 'muted small', title: moment(each.acceptedAt) },
        [relative(each.acceptedAt), each.durationMs === undefined ? '' : duration(each.durationMs)]
          .filter(Boolean)
          .join(' · ')
      )
    ),
    isActive(each) &&
      each.status !== 'queued' &&
      progressOf({
        label: exportTitle(each),
        planned: each.skus.planned,
        read: each.skus.read,
      }),
    each.error &&
      h('span', { class: 'small', lang: 'en' }, `${each.error.code}: ${each.error.message}`),
    each.lastError && notice('late', each.lastError.code, retryText(each.lastError))
  )

/** How it was started, where it matters. */
export const tags = ({ dryRun, force, trigger }: ExportSummary): Child => [
  dryRun && tag(t('tag.dryRun')),
  force && tag(t('tag.force')),
  trigger !== 'schedule' && tag(maybe(`trigger.${trigger}`, trigger)),
]
