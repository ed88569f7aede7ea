import { query, startExport } from '../api'
import { type Child, h } from '../dom'
import { t } from '../i18n'
import { button, errorNotice, notice, pageTitle } from '../parts'
import { Trial } from '../trial'
import type { Frame, View } from '../view'

const ROUTES = ['update', 'export', 'start', 'seller', 'time', 'sellerTime'] as const
type Route = (typeof ROUTES)[number]
type Parameter = 'startId' | 'sellerId' | 'minutes'

const PARAMETERS: Readonly<Record<Route, readonly Parameter[]>> = {
  update: [],
  export: [],
  start: ['startId'],
  seller: ['sellerId'],
  time: ['minutes'],
  sellerTime: ['sellerId', 'minutes'],
}

const FIELDS = {
  startId: { type: 'number', min: 0, step: 1, value: '0' },
  sellerId: { type: 'text', pattern: '[A-Za-z0-9_.\\-]{1,100}', value: '1' },
  minutes: { type: 'number', min: 1, max: 43_200, step: 1, value: '60' },
} as const

const PATHS: Readonly<Record<Route, (values: Readonly<Record<Parameter, string>>) => string>> = {
  update: () => '/update',
  export: () => '/export',
  start: ({ startId }) => `/export/start/${encodeURIComponent(startId)}`,
  seller: ({ sellerId }) => `/export/seller/${encodeURIComponent(sellerId)}`,
  time: ({ minutes }) => `/export/time/${encodeURIComponent(minutes)}`,
  sellerTime: ({ sellerId, minutes }) =>
    `/export/seller/${encodeURIComponent(sellerId)}/time/${encodeURIComponent(minutes)}`,
}

/** Starts one of the six exports, a dry run first. */
export function startView(frame: Frame): View {
  let route: Route = 'update'
  let isForced = false
  let trial: Trial | undefined
  let failure: unknown
  let startedId: string | undefined
  const values: Record<Parameter, string> = {
    startId: FIELDS.startId.value,
    sellerId: FIELDS.sellerId.value,
    minutes: FIELDS.minutes.value,
  }

  const start = (dryRun: boolean) =>
    startExport(
      `${PATHS[route](values)}${query({ dryRun: dryRun ? 'true' : '', force: isForced ? 'true' : '' })}`
    )

  /** Another choice makes the dry run worth nothing. */
  function forget() {
    trial?.close()
    trial = undefined
    failure = undefined
    startedId = undefined
    frame.redraw()
  }

  const onsubmit = (event: Event) => {
    event.preventDefault()
    forget()
    trial = new Trial({
      start,
      redraw: frame.redraw,
      announce: frame.announce,
      confirm: t('start.confirm'),
      done: t('start.done'),
    })
    void trial.run()
  }

  async function startNow() {
    forget()
    try {
      startedId = await start(false)
      frame.announce(t('start.done'))
    } catch (thrown) {
      failure = thrown
    }
    frame.redraw()
  }

  const choice = (each: Route) =>
    h(
      'label',
      { class: 'choice' },
      h('input', {
        type: 'radio',
        name: 'route',
        value: each,
        checked: each === route,
        onchange: () => {
          route = each
          forget()
        },
      }),
      h(
        'div',
        {},
        h('b', {}, t(`kind.${each}`)),
        h('div', { class: 'muted small' }, t(`start.${each}`))
      )
    )

  const field = (name: Parameter) =>
    h(
      'label',
      { class: 'field', 'data-key': name },
      h('span', {}, t(`start.${name}`)),
      h('input', {
        ...FIELDS[name],
        value: values[name],
        required: true,
        oninput: (event) => {
          if (!(event.target instanceof HTMLInputElement)) return
          values[name] = event.target.value
          if (trial) forget()
        },
      })
    )

  return {
    title: t('nav.start'),
    render: (): Child => [
      pageTitle(t('nav.start'), t('start.lead')),
      h(
        'form',
        { class: 'card', onsubmit },
        h(
          'fieldset',
          {},
          h('legend', { class: 'hidden' }, t('start.which')),
          h('div', { class: 'choices' }, ROUTES.map(choice))
        ),
        PARAMETERS[route].length > 0 && h('div', { class: 'form' }, PARAMETERS[route].map(field)),
        h(
          'label',
          { class: 'check' },
          h('input', {
            type: 'checkbox',
            checked: isForced,
            onchange: (event) => {
              isForced = event.target instanceof HTMLInputElement && event.target.checked
              forget()
            },
          }),
          h('span', {}, t('start.force'))
        ),
        h(
          'div',
          { class: 'row' },
          h('button', { class: 'primary' }, t('start.dryRun')),
          button(t('start.now'), () => void startNow(), { kind: 'plain' })
        )
      ),
      failure !== undefined && errorNotice(failure),
      startedId !== undefined &&
        notice(
          'ok',
          t('start.done'),
          h('a', { href: `#/exports/${startedId}` }, t('trial.follow'))
        ),
      trial && h('section', { class: 'card' }, trial.render(), h('div', {}, trial.action())),
    ],
  }
}
