import { onUnauthorized } from './api'
import { h, patch } from './dom'
import { door } from './door'
import { LANGUAGES, language, t } from './i18n'
import { brand, errorNotice } from './parts'
import { Poller } from './poller'
import { chosenLanguage, token } from './session'
import type { Frame, View } from './view'
import { checkView } from './views/check'
import { exportView } from './views/export'
import { exportsView } from './views/exports'
import { heldView } from './views/held'
import { overviewView } from './views/overview'
import { skuView } from './views/sku'
import { startView } from './views/start'

const VIEWS: Readonly<Record<string, (frame: Frame, parameter: string) => View>> = {
  overview: overviewView,
  exports: (frame, id) => (id ? exportView(frame, id) : exportsView(frame)),
  held: heldView,
  sku: skuView,
  check: checkView,
  start: startView,
}
const TABS = ['overview', 'exports', 'held', 'sku', 'check', 'start'] as const

const root = document.getElementById('app') ?? document.body
const live = h('div', { class: 'hidden', 'aria-live': 'polite' })

let view: View | undefined
let tab = ''
let data: unknown
let failure: unknown
let poller: Poller<unknown> | undefined

const frame: Frame = {
  redraw: draw,
  reload: () => poller?.now(),
  announce: (text) => {
    live.textContent = text
  },
}

/** `#/exports/20261127T...`: the view and its parameter. */
function address(): { name: string; parameter: string } {
  const [, name = '', parameter = ''] = location.hash.split('/')
  let decoded = ''
  try {
    decoded = decodeURIComponent(parameter)
  } catch {
    // A malformed address: the view without a parameter.
  }
  return { name: Object.hasOwn(VIEWS, name) ? name : 'overview', parameter: decoded }
}

function open(): void {
  poller?.stop()
  poller = undefined
  data = undefined
  failure = undefined
  view = undefined
  const { name, parameter } = address()
  tab = name
  document.documentElement.lang = language()
  if (token.get() === null) {
    draw()
    return
  }
  const opened = VIEWS[name]?.(frame, parameter)
  view = opened
  if (opened?.load) {
    const load = opened.load.bind(opened)
    poller = new Poller(load, (loaded) => opened.every?.(loaded), onData, onError)
  }
  draw()
  const current = document.querySelector('[aria-current]')
  current?.scrollIntoView({ inline: 'center', block: 'nearest' })
}

function onData(loaded: unknown): void {
  data = loaded
  failure = undefined
  draw()
}

function onError(thrown: unknown): void {
  failure = thrown
  draw()
}

onUnauthorized.call = (error) => {
  signOut()
  failure = error
  draw()
}

function draw(): void {
  const next = h('div', { id: 'app' })
  if (token.get() === null) {
    document.title = t('app.name')
    next.append(door({ failure, languageChoice: languageChoice(), onToken: signIn }))
  } else if (view) {
    document.title = `${view.title} · ${t('app.name')}`
    next.append(
      h('a', { class: 'skip', href: '#main', onclick: skip }, t('app.skip')),
      topBar(),
      h(
        'main',
        { id: 'main', tabindex: -1, 'data-key': location.hash },
        failure !== undefined && errorNotice(failure),
        view.render(data)
      )
    )
  }
  patch(root, next)
}

function skip(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

function signIn(given: string): void {
  token.set(given)
  open()
}

function signOut(): void {
  for (const dialog of document.querySelectorAll('dialog')) dialog.close()
  token.clear()
  open()
}

const topBar = () =>
  h(
    'header',
    { class: 'top' },
    h(
      'div',
      {},
      brand(),
      h(
        'nav',
        { 'aria-label': t('app.nav') },
        h(
          'ul',
          {},
          TABS.map((name) =>
            h(
              'li',
              {},
              h(
                'a',
                { href: `#/${name}`, 'aria-current': name === tab ? 'page' : undefined },
                t(`nav.${name}`)
              )
            )
          )
        )
      ),
      h(
        'div',
        { class: 'tools' },
        languageChoice(),
        h('button', { type: 'button', class: 'plain', onclick: signOut }, t('app.signOut'))
      )
    )
  )

function languageChoice(): HTMLElement {
  const onchange = (event: Event) => {
    if (!(event.target instanceof HTMLSelectElement)) return
    chosenLanguage.set(event.target.value)
    open()
  }
  return h(
    'select',
    { 'aria-label': t('app.language'), onchange },
    Object.entries(LANGUAGES).map(([code, name]) =>
      h('option', { value: code, lang: code, selected: code === language() }, name)
    )
  )
}

document.body.append(live)
addEventListener('hashchange', () => {
  open()
  scrollTo(0, 0)
  document.querySelector<HTMLElement>('h1')?.focus()
})
addEventListener('resize', draw)
open()
