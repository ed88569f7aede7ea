import { ask, type ExportList, type Schedule, type Status } from '../api'
import { chartable, durationsChart, offersChart } from '../chart'
import { type Child, h } from '../dom'
import { duration, moment, number, relative } from '../format'
import { maybe, t } from '../i18n'
import {
  card,
  empty,
  exportTitle,
  type Figure,
  facts,
  notice,
  pageTitle,
  pill,
  progressOf,
  sign,
  statusPill,
  type Tone,
  tag,
  tiles,
} from '../parts'
import type { Frame, View } from '../view'

interface Overview {
  status: Status
  list: ExportList
}

const TONES: Readonly<Record<Status['state'], Tone>> = {
  ok: 'ok',
  late: 'late',
  actionRequired: 'bad',
  paused: 'idle',
}

const BUSY_MS = 2_000
const IDLE_MS = 10_000

export function overviewView(frame: Frame): View<Overview> {
  let list: ExportList | undefined
  let listedFor = ''
  let state = ''
  return {
    title: t('nav.overview'),
    async load(signal) {
      const status = await ask<Status>('/status', { signal })
      // The list costs far more than the state: only when an export began or ended.
      const exports = status.queue.exports.map(({ exportId }) => exportId)
      const ends = [status.lastUpdate?.exportId, status.lastFullExport?.exportId]
      const wanted = [...exports, ...ends].join()
      if (list === undefined || wanted !== listedFor) {
        list = await ask<ExportList>('/exports', { signal })
        listedFor = wanted
      }
      if (state !== '' && state !== status.state) frame.announce(headline(status))
      state = status.state
      return { status, list }
    },
    every: ({ status }) => (status.queue.length > 0 ? BUSY_MS : IDLE_MS),
    render: (data) => (data ? overview(data) : waiting()),
  }
}

const waiting = () => [
  pageTitle(t('nav.overview'), undefined),
  h('div', { class: 'card' }, h('div', { class: 'wait', 'aria-hidden': 'true' }), t('app.loading')),
]

const headline = ({ state }: Status) => maybe(`state.${state}.headline`, state)

function overview({ status, list }: Overview): Child {
  const ended = chartable(list.exports)
  return [
    stateCard(status),
    tiles(figures(status)),
    h('div', { class: 'two' }, queueCard(status), nextCard(status)),
    ended.length === 0
      ? card(t('chart.title'), undefined, empty(t('chart.empty')))
      : h(
          'div',
          { class: 'two' },
          card(t('chart.offers.title', { count: ended.length }), undefined, offersChart(ended)),
          card(
            t('chart.durations.title', { count: ended.length }),
            undefined,
            durationsChart(ended)
          )
        ),
    status.lastErrors.length > 0 && errorsCard(status),
    h(
      'p',
      { class: 'foot' },
      h('span', {}, t('overview.version', { version: status.version })),
      h('span', {}, t('overview.asOf', { time: moment(status.at) }))
    ),
  ]
}

function stateCard(status: Status): HTMLElement {
  const tone = TONES[status.state] ?? 'idle'
  return h(
    'section',
    { class: `card state tone-${tone}`, 'aria-labelledby': 'state' },
    h('div', { class: 'disc' }, sign(tone)),
    h(
      'div',
      { class: 'stack' },
      h(
        'div',
        { class: 'row' },
        h('h1', { id: 'state', tabindex: -1 }, headline(status)),
        pill(tone, maybe(`state.${status.state}`, status.state))
      ),
      h('p', { class: 'lead' }, maybe(`state.${status.state}.text`, '')),
      status.reasons.length > 0 && h('ul', { class: 'reasons' }, status.reasons.map(reason))
    )
  )
}

function reason({ code, message, action, call }: Status['reasons'][number]): HTMLElement {
  const view = REASON_VIEWS[code]
  return h(
    'li',
    {},
    h('b', {}, maybe(`reason.${code}`, code)),
    h('span', { lang: 'en' }, message),
    h('span', { class: 'muted' }, maybe(`action.${code}`, action)),
    h(
      'div',
      { class: 'row' },
      view && h('a', { href: `#/${view}` }, t('overview.show')),
      call && h('code', { class: 'muted' }, `${call.method} ${call.path}`)
    )
  )
}

const REASON_VIEWS: Readonly<Partial<Record<string, string>>> = {
  offers_held: 'held',
  export_failed: 'exports',
  manual_action: 'exports',
  update_late: 'exports',
  files_waiting: 'check',
  settings_invalid: 'check',
  no_update_yet: 'start',
}

function figures({ lastUpdate, lastFullExport, pending, held, drop }: Status): Figure[] {
  const ended = (last: Status['lastUpdate']): [Child, Child?] =>
    last
      ? [
          h(
            'a',
            { class: 'plain', href: `#/exports/${last.exportId}` },
            t('overview.ago', { time: duration(last.ageSeconds * 1_000) })
          ),
          t('overview.took', { time: duration(last.durationMs) }),
        ]
      : [t('common.never')]
  const [update, updateNote] = ended(lastUpdate)
  const [full, fullNote] = ended(lastFullExport)
  const changes = `${pending.isCapped ? '> ' : ''}${number(pending.changes)}`
  return [
    [t('overview.lastUpdate'), update, updateNote],
    [t('overview.lastFull'), full, fullNote],
    [
      t('overview.pending'),
      changes,
      pending.oldestAt && t('overview.oldest', { time: relative(pending.oldestAt) }),
    ],
    [
      t('overview.held'),
      held.total > 0 ? h('a', { href: '#/held' }, number(held.total)) : '0',
      Object.entries(held.bySource)
        .filter(([, count]) => count > 0)
        .map(([source, count]) => `${maybe(`source.${source}`, source)}: ${number(count)}`)
        .join(' · '),
    ],
    [
      t('overview.drop'),
      drop ? number(drop.files) : t('common.none'),
      drop?.oldestAgeSeconds !== undefined
        ? t('overview.oldest', { time: duration(drop.oldestAgeSeconds * 1_000) })
        : t('overview.drop.note'),
    ],
  ]
}

function queueCard({ queue }: Status): HTMLElement {
  return card(
    t('overview.queue'),
    h('a', { href: '#/exports' }, t('overview.allExports')),
    queue.exports.length === 0
      ? empty(t('overview.queue.empty'))
      : h(
          'ul',
          { class: 'items' },
          queue.exports.map((each) =>
            h(
              'li',
              { 'data-key': each.exportId },
              h(
                'div',
                { class: 'row' },
                h('a', { class: 'main', href: `#/exports/${each.exportId}` }, exportTitle(each)),
                statusPill(each.status),
                each.dryRun && tag(t('tag.dryRun'))
              ),
              each.status !== 'queued' &&
                progressOf({
                  label: exportTitle(each),
                  planned: each.planned,
                  read: each.read,
                  percent: each.percent,
                  secondsLeft: each.secondsLeft,
                }),
              each.lastError && notice('late', each.lastError.code, retryText(each.lastError))
            )
          )
        )
  )
}

/** What failed and when it is tried again. */
export const retryText = ({
  message,
  attempts,
  nextTryAt,
}: NonNullable<Status['queue']['exports'][number]['lastError']>): Child => [
  h('span', { lang: 'en' }, message),
  ' ',
  t('error.attempts', { attempts, time: relative(nextTryAt) }),
]

function nextCard({ nextCalls, schedules, timeZone }: Status): HTMLElement {
  return card(
    t('overview.next'),
    h('span', { class: 'muted small' }, timeZone),
    facts(
      (['update', 'full'] as const).map((name): Figure => {
        const next = nextCalls.find(({ schedule }) => schedule === name)
        return [
          t(`schedule.${name}`),
          h(
            'div',
            {},
            h(
              'div',
              { class: 'row' },
              next && h('strong', {}, relative(next.at)),
              scheduleState(schedules[name])
            ),
            next && h('div', { class: 'muted small' }, moment(next.at))
          ),
        ]
      })
    )
  )
}

function scheduleState(schedule: Schedule): Child {
  if (schedule.status === 'registered') return h('code', { class: 'muted' }, schedule.expression)
  if (schedule.status === 'none') return pill('idle', t('schedule.none'))
  if (schedule.status === 'invalid') {
    return [pill('bad', t('schedule.invalid')), h('span', { lang: 'en' }, schedule.problem)]
  }
  return [pill('late', t('schedule.notRegistered')), h('code', {}, schedule.expression)]
}

const errorsCard = ({ lastErrors }: Status) =>
  card(
    t('overview.errors'),
    undefined,
    h(
      'ul',
      { class: 'items' },
      lastErrors.map(({ upstream, code, message, at, exportId }) =>
        h(
          'li',
          {},
          h(
            'div',
            { class: 'row' },
            h('strong', {}, maybe(`upstream.${upstream}`, upstream)),
            h('code', {}, code),
            h('a', { class: 'small', href: `#/exports/${exportId}` }, relative(at))
          ),
          h('span', { class: 'muted', lang: 'en' }, message)
        )
      )
    )
  )
