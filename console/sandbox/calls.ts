import { type Child, h } from '../dom'
import { card } from '../parts'

/** A call of the control API, as `GET /_sandbox/calls` lists it. */
export interface Call {
  group: string
  method: string
  path: string
  effect: string
  example?: object
  query?: string[]
  /** Of each form of the body. */
  fields: { name: string; type: string; optional: boolean }[][]
}

const PREFIX = '/_sandbox'
/** `:skuId`, `:action(pause|resume)` */
const PARAMETER = /:(\w+)(?:\(([^)]*)\))?/g

const parametersOf = ({ path, query = [] }: Call) => [
  ...[...path.matchAll(PARAMETER)].map(([, name = '', only = '']) => ({
    name,
    only: only.includes('|') ? only.replaceAll('|', ', ') : '',
    isQuery: false,
  })),
  ...query.map((name) => ({ name, only: '', isQuery: true })),
]

const idOf = ({ method, path }: Call, field = '') => `${method} ${path} ${field}`

/** What the user typed, by field. */
const typed = (call: Call, field: string) => {
  const found = document.getElementById(idOf(call, field))
  const isField = found instanceof HTMLInputElement || found instanceof HTMLTextAreaElement
  return isField ? found.value : ''
}

async function send(call: Call): Promise<string> {
  const parameters = parametersOf(call)
  const path = call.path.replace(PARAMETER, (_, name: string) =>
    typed(call, name).split('/').map(encodeURIComponent).join('/')
  )
  const query = new URLSearchParams(
    parameters.flatMap(({ name, isQuery }): [string, string][] => {
      const value = isQuery ? typed(call, name) : ''
      return value ? [[name, value]] : []
    })
  ).toString()
  const response = await fetch(`${PREFIX}${path}${query && `?${query}`}`, {
    method: call.method,
    ...(call.fields.length > 0 && {
      body: typed(call, 'body'),
      headers: { 'content-type': 'application/json' },
    }),
  })
  const text = await response.text()
  return `${response.status} ${response.statusText}\n${pretty(text)}`
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

const responses = new Map<string, string>()

function callOf(call: Call, redraw: () => void): HTMLElement {
  const response = responses.get(idOf(call))
  const onsubmit = async (event: Event) => {
    event.preventDefault()
    responses.set(idOf(call), await send(call).catch(String))
    redraw()
  }
  return h(
    'details',
    { class: 'call', 'data-key': idOf(call) },
    h(
      'summary',
      {},
      h('span', { class: `method ${call.method.toLowerCase()}` }, call.method),
      h('code', {}, call.path.replace(PARAMETER, '{$1}')),
      h('span', { class: 'muted' }, call.effect)
    ),
    h(
      'form',
      { class: 'stack', onsubmit: (event) => void onsubmit(event) },
      fieldsOf(call),
      h(
        'div',
        { class: 'form' },
        parametersOf(call).map(({ name, only, isQuery }) =>
          h(
            'label',
            { class: 'field' },
            h('span', {}, only ? `${name}: ${only}` : isQuery ? `${name} (optional)` : name),
            h('input', { id: idOf(call, name), required: !isQuery })
          )
        )
      ),
      call.fields.length > 0 &&
        h(
          'label',
          { class: 'field' },
          h('span', {}, 'Body'),
          h(
            'textarea',
            { id: idOf(call, 'body'), rows: 3, spellcheck: 'false', class: 'mono' },
            JSON.stringify(call.example ?? {})
          )
        ),
      h('div', {}, h('button', {}, 'Send')),
      response !== undefined &&
        h(
          'pre',
          { tabindex: 0, role: 'region', 'aria-label': `Response of ${idOf(call)}` },
          response
        )
    )
  )
}

const fieldsOf = ({ fields }: Call): Child =>
  fields.map((form, index) =>
    h(
      'p',
      { class: 'small' },
      fields.length > 1 && h('span', { class: 'muted' }, `${index === 0 ? 'either' : 'or'} `),
      form.map(({ name, type, optional }, position) => [
        position > 0 && ', ',
        h('code', {}, `${name}${optional ? '?' : ''}`),
        h('span', { class: 'muted' }, ` ${type}`),
      ]),
      form.length === 0 && h('span', { class: 'muted' }, 'any fields')
    )
  )

/** All calls, each with its fields and a form that sends it. */
export function callCards(calls: readonly Call[], redraw: () => void): Child {
  const groups = [...new Set(calls.map(({ group }) => group))]
  return groups.map((group) =>
    card(
      group,
      undefined,
      h(
        'div',
        {},
        calls.filter((call) => call.group === group).map((call) => callOf(call, redraw))
      )
    )
  )
}
