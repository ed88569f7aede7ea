import { ask } from '../api'
import { type Child, h } from '../dom'
import { duration } from '../format'
import { maybe, t } from '../i18n'
import { button, card, empty, errorNotice, notice, pageTitle, pill, type Tone } from '../parts'
import type { Frame, View } from '../view'

interface Result {
  name: string
  status: 'ok' | 'failed' | 'skipped'
  durationMs: number
  code?: string
  message: string
  do?: string
}

/** `POST /check`: 200, or 424 where something failed. */
interface CheckAnswer {
  checks: Result[]
}

const TONES: Readonly<Record<Result['status'], Tone>> = { ok: 'ok', failed: 'bad', skipped: 'idle' }

/** Tries each connection that exports use. */
export function checkView(frame: Frame): View {
  let answer: CheckAnswer | undefined
  let failure: unknown
  let isBusy = false

  async function check() {
    isBusy = true
    failure = undefined
    frame.redraw()
    try {
      answer = await ask<CheckAnswer>('/check', { method: 'POST', also: 424 })
      frame.announce(summary(answer.checks))
    } catch (thrown) {
      failure = thrown
    }
    isBusy = false
    frame.redraw()
  }

  return {
    title: t('nav.check'),
    render: () => [
      pageTitle(
        t('nav.check'),
        t('check.lead'),
        button(t('check.run'), () => void check(), { kind: 'primary', disabled: isBusy })
      ),
      failure !== undefined && errorNotice(failure),
      isBusy &&
        h(
          'div',
          { class: 'card' },
          h('div', { class: 'wait', role: 'progressbar', 'aria-label': t('check.running') }),
          h('p', { class: 'muted' }, t('check.running'))
        ),
      !isBusy &&
        (answer ? results(answer.checks) : h('div', { class: 'card' }, empty(t('check.none')))),
    ],
  }
}

const failed = (checks: readonly Result[]) => checks.filter(({ status }) => status === 'failed')

const summary = (checks: readonly Result[]) =>
  failed(checks).length === 0
    ? t('check.allOk')
    : t('check.someFailed', { count: failed(checks).length })

const results = (checks: readonly Result[]): Child => [
  notice(failed(checks).length === 0 ? 'ok' : 'bad', summary(checks)),
  groupsOf(checks).map(([group, members]) =>
    card(
      maybe(`check.group.${group}`, group),
      undefined,
      h('ul', { class: 'items' }, members.map(result))
    )
  ),
]

/** `catalog.skuIds` belongs to the group `catalog`. */
function groupsOf(checks: readonly Result[]): [string, Result[]][] {
  const groups = new Map<string, Result[]>()
  for (const each of checks) {
    const [group = ''] = each.name.split('.')
    groups.set(group, [...(groups.get(group) ?? []), each])
  }
  return [...groups]
}

const result = ({ name, status, durationMs, code, message, do: advice }: Result) =>
  h(
    'li',
    {},
    h(
      'div',
      { class: 'row between' },
      h(
        'div',
        { class: 'row' },
        h('strong', {}, maybe(`check.${name}`, name)),
        code && h('code', { class: 'muted' }, code)
      ),
      h(
        'div',
        { class: 'row' },
        status !== 'skipped' && h('span', { class: 'muted small' }, duration(durationMs)),
        pill(TONES[status], t(`check.status.${status}`))
      )
    ),
    h('span', { class: 'muted', lang: 'en' }, message),
    advice && h('span', { lang: 'en' }, advice)
  )
