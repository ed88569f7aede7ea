import { type Child, h, patch } from '../dom'
import { brandMark, button, card, notice, pill, type Tone } from '../parts'
import { type Call, callCards } from './calls'

/** The page of the sandbox: sell a unit, break the drop, and watch what arrives in Intershop. */

interface Offer {
  source: string
  sellerId: string
  offerSku: string
  quantity: number
  /** Null: Intershop has no such offer. */
  actual: number | null
}
interface Export {
  exportId: string
  route: string
  status: string
  offers: { sent: number; failed: number }
  lastError?: { code: string }
}
interface State {
  offers: Offer[]
  exports: Export[]
  importer: { paused: boolean; waiting: number | string[] }
  sftp: { refuse: boolean; diskFull: boolean }
  faults: { rules: { id: number; kind: string }[] }
  centra: { behaviour: { fails: boolean } } | undefined
}

const POLL_MS = 1_000
const APP = '/_v/intershop/stock'

const root = document.getElementById('app') ?? document.body
let skuId = '2'
let state: State | undefined
let calls: Call[] = []
let token = ''
let failure = ''
const events: { time: string; text: string }[] = []

async function control<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(`/_sandbox${path}`, {
    method,
    ...(body && {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    }),
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

async function app<T>(method: string, path: string): Promise<T> {
  const response = await fetch(`${APP}${path}`, { method, headers: { token } })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
  return text === '' ? undefined : JSON.parse(text)
}

function note(text: string): void {
  events.unshift({ time: new Date().toLocaleTimeString(), text })
  events.length = Math.min(events.length, 12)
}

/** What changed since the last look, for the list of events. */
function compare(before: State | undefined, now: State): void {
  for (const offer of now.offers) {
    const old = before?.offers.find(({ offerSku }) => offerSku === offer.offerSku)
    if (!old) continue
    if (old.quantity !== offer.quantity) {
      note(`${offer.source} of ${offer.offerSku}: ${old.quantity} → ${offer.quantity}`)
    }
    if (old.actual !== offer.actual) {
      note(
        `Intershop imported ${offer.offerSku}: ${old.actual ?? 'none'} → ${offer.actual ?? 'none'}`
      )
    }
  }
  for (const each of now.exports) {
    const old = before?.exports.find(({ exportId }) => exportId === each.exportId)
    if (before && old?.status !== each.status) note(`Export ${each.route}: ${each.status}`)
  }
}

async function load(): Promise<void> {
  try {
    token ||= (await control<{ token: string }>('GET', '/settings')).token
    if (calls.length === 0) calls = await control<Call[]>('GET', '/calls')
    const [offers, { exports }, importer, sftp, faults, centra] = await Promise.all([
      control<Offer[]>('GET', `/offers/${encodeURIComponent(skuId)}`),
      app<{ exports: Export[] }>('GET', '/exports?limit=5'),
      control<State['importer']>('GET', '/intershop/importer'),
      control<State['sftp']>('GET', '/intershop/sftp'),
      control<State['faults']>('GET', '/faults'),
      control<State['centra']>('GET', '/centra').catch(() => undefined),
    ])
    const now = { offers, exports: exports.slice(0, 5), importer, sftp, faults, centra }
    compare(state, now)
    state = now
    failure = ''
  } catch (thrown) {
    failure = String(thrown)
  }
  draw()
}

async function act(text: string, work: () => Promise<unknown>): Promise<void> {
  note(text)
  try {
    await work()
  } catch (thrown) {
    note(String(thrown))
  }
  await load()
}

const sell = () =>
  act(`Sold one unit of SKU ${skuId}`, () =>
    control('POST', `/stock/${encodeURIComponent(skuId)}/sell`, { units: 1 })
  )
const sellOut = () =>
  act(`Sold all units of SKU ${skuId}`, () =>
    control('POST', '/flash-sale', { skuIds: [Number(skuId)] })
  )
const update = () => act('Started an update', () => app('POST', '/update'))

const STATUS_TONES: Readonly<Record<string, Tone>> = {
  completed: 'ok',
  completedWithErrors: 'late',
  failed: 'bad',
  running: 'busy',
}

const offerRow = ({ source, offerSku, quantity, actual }: Offer) =>
  h(
    'li',
    { 'data-key': offerSku },
    h(
      'div',
      { class: 'flow' },
      h('div', {}, h('span', { class: 'muted small' }, source), h('b', {}, quantity)),
      h(
        'div',
        { class: actual === quantity ? 'arrow same' : 'arrow' },
        pill(actual === quantity ? 'ok' : 'late', actual === quantity ? 'arrived' : 'on its way')
      ),
      h('div', {}, h('span', { class: 'muted small' }, 'Intershop'), h('b', {}, actual ?? '–'))
    ),
    h('code', { class: 'muted' }, offerSku)
  )

function skuCard({ offers }: State): HTMLElement {
  return card(
    'Sell a unit, watch it arrive',
    undefined,
    h(
      'div',
      { class: 'form' },
      h(
        'label',
        { class: 'field' },
        h('span', {}, 'VTEX SKU id'),
        h('input', {
          inputmode: 'numeric',
          value: skuId,
          onchange: (event) => {
            if (!(event.target instanceof HTMLInputElement)) return
            skuId = event.target.value
            state = undefined
            void load()
          },
        })
      ),
      button('Sell one unit', () => void sell(), { kind: 'primary' }),
      button('Sell all units', () => void sellOut()),
      button('Start an update', () => void update())
    ),
    offers.length === 0
      ? h('p', { class: 'empty' }, 'This SKU has no offer that Intershop must know.')
      : h('ul', { class: 'items' }, offers.map(offerRow))
  )
}

interface Switch {
  name: string
  text: string
  isOn: boolean
  turn(on: boolean): Promise<unknown>
}

function switches({ sftp, importer, faults, centra }: State): Switch[] {
  const http = faults.rules.find(({ kind }) => kind === 'status')
  return [
    {
      name: 'SFTP server is down',
      text: 'It refuses every connection.',
      isOn: sftp.refuse,
      turn: (refuse) => control('PUT', '/intershop/sftp', { refuse }),
    },
    {
      name: 'Disk is full',
      text: 'Every write to the SFTP server fails.',
      isOn: sftp.diskFull,
      turn: (diskFull) => control('PUT', '/intershop/sftp', { diskFull }),
    },
    {
      name: 'Importer is paused',
      text: 'Files wait in the drop.',
      isOn: importer.paused,
      turn: (on) => control('POST', `/intershop/${on ? 'pause' : 'resume'}`),
    },
    {
      name: 'VTEX fails sometimes',
      text: 'Every tenth request of the app gets 503.',
      isOn: http !== undefined,
      turn: (on) =>
        on
          ? control('POST', '/faults', { upstream: '*', kind: 'status', status: 503, share: 0.1 })
          : control('DELETE', `/faults/${http?.id ?? 0}`),
    },
    ...(centra
      ? [
          {
            name: 'Centra fails',
            text: 'Each request for stock gets an error.',
            isOn: centra.behaviour.fails,
            turn: (fails: boolean) => control('PUT', '/centra', { fails }),
          },
        ]
      : []),
  ]
}

const breakCard = (now: State) =>
  card(
    'Break something',
    undefined,
    h(
      'div',
      { class: 'choices' },
      switches(now).map(({ name, text, isOn, turn }) =>
        h(
          'label',
          { class: 'choice' },
          h('input', {
            type: 'checkbox',
            role: 'switch',
            checked: isOn,
            onchange: () => void act(`${name}: ${isOn ? 'off' : 'on'}`, () => turn(!isOn)),
          }),
          h('div', {}, h('b', {}, name), h('div', { class: 'muted small' }, text))
        )
      )
    )
  )

const exportsCard = ({ exports }: State) =>
  card(
    'Last exports',
    h('a', { href: '/_v/intershop/console#/exports' }, 'In the console'),
    exports.length === 0
      ? h('p', { class: 'empty' }, 'No export yet.')
      : h(
          'ul',
          { class: 'items' },
          exports.map(({ exportId, route, status, offers, lastError }) =>
            h(
              'li',
              { 'data-key': exportId },
              h(
                'div',
                { class: 'row' },
                h(
                  'a',
                  { class: 'main', href: `/_v/intershop/console#/exports/${exportId}` },
                  route
                ),
                pill(STATUS_TONES[status] ?? 'idle', status),
                h('span', { class: 'muted' }, `${offers.sent} sent`),
                lastError && h('code', {}, lastError.code)
              )
            )
          )
        )
  )

const eventsCard = () =>
  card(
    'What happens',
    undefined,
    h(
      'ol',
      { class: 'events', 'aria-live': 'polite' },
      events.map(({ time, text }) =>
        h('li', {}, h('span', { class: 'muted small' }, time), h('span', {}, text))
      )
    ),
    events.length === 0 &&
      h('p', { class: 'muted' }, 'Sell a unit and start an update: the steps appear here.')
  )

const page = (): Child => [
  h(
    'header',
    { class: 'top' },
    h(
      'div',
      {},
      h('div', { class: 'brand' }, brandMark(), 'Sandbox'),
      h(
        'div',
        { class: 'tools' },
        token && h('span', { class: 'muted small' }, 'Token: ', h('code', {}, token)),
        h('a', { class: 'button', href: '/_v/intershop/console' }, 'Open the console')
      )
    )
  ),
  h(
    'main',
    {},
    h(
      'div',
      { class: 'title' },
      h('h1', { tabindex: -1 }, 'A VTEX, a Centra and an Intershop on your machine'),
      h('p', {}, 'Change what they have, break what they do, and see what the app makes of it.')
    ),
    failure !== '' && notice('bad', 'The sandbox does not respond', failure, true),
    state && [
      h('div', { class: 'two' }, skuCard(state), eventsCard()),
      h('div', { class: 'two' }, breakCard(state), exportsCard(state)),
    ],
    h('h2', {}, 'All control calls'),
    callCards(calls, draw)
  ),
]

function draw(): void {
  patch(root, h('div', { id: 'app' }, page()))
}

async function follow(): Promise<void> {
  if (document.visibilityState === 'visible') await load()
  setTimeout(() => void follow(), POLL_MS)
}

void follow()
