import type { CheckResult } from '../../node/connections/checks'
import { ask } from '../api'
import { type Child, h } from '../dom'
import { duration } from '../format'
import { maybe, t } from '../i18n'
import { button, card, empty, errorNotice, notice, pageTitle, pill, type Tone } from '../parts'
import type { Frame, View } from '../view'

type Result = CheckResult

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

/** What fails comes first, with what to do. */
const results = (checks: readonly Result[]): Child => {
  const others = checks.filter(({ status }) => status !== 'failed')
  return [
    notice(failed(checks).length === 0 ? 'ok' : 'bad', summary(checks)),
    section(t('check.failing'), failed(checks)),
    section(t('check.working'), others),
  ]
}

const section = (title: string, checks: readonly Result[]): Child =>
  checks.length > 0 && card(title, undefined, h('ul', { class: 'items' }, checks.map(result)))

const result = ({ name, status, durationMs, code, message, do: advice }: Result) =>
  h(
    'li',
    {},
    h(
      'div',
      { class: 'columns' },
      h('strong', {}, maybe(`check.${name}`, name)),
      h('span', { class: 'muted', lang: 'en' }, message),
      h(
        'div',
        { class: 'row' },
        status !== 'skipped' && h('span', { class: 'muted small' }, duration(durationMs)),
        pill(TONES[status], t(`check.status.${status}`))
      )
    ),
    advice &&
      h(
        'div',
        {},
        h('span', { lang: 'en' }, advice),
        ' ',
        code && h('code', { class: 'muted' }, code)
      )
  )
