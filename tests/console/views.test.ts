import { readFileSync } from 'fs'
import { join } from 'path'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { z } from 'zod'

import { launch, signIn, Tab, whyNoChromium } from '../e2e/support/browser'
import { eventually, until } from '../e2e/support/eventually'
import { unless } from '../e2e/support/skipped'
import * as answers from './answers'
import { ConsoleServer, TOKEN } from './server'

const test = unless(whyNoChromium(), 'the console in a browser')
const PREFIX = 'admin/intershop-integration.console.'

const texts = (language: string) => {
  const file = join(__dirname, '..', '..', 'messages', `${language}.json`)
  const all = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, 'utf8')))
  return (key: string) => {
    const text = all[`${PREFIX}${key}`]
    if (text === undefined) throw new Error(`no text ${key} in ${language}`)
    return text
  }
}

/** Each view with the text of its heading. */
const VIEWS = [
  ['overview', 'state.actionRequired.headline'],
  ['exports', 'nav.exports'],
  [`exports/${answers.running.exportId}`, 'route.export'],
  ['held', 'nav.held'],
  ['sku/12', 'nav.sku'],
  ['check', 'nav.check'],
  ['start', 'nav.start'],
] as const

const WIDE = { width: 1_200, height: 800 }
const NARROW = { width: 360, height: 740 }
const LOOKS: [string, BrowserContextOptions][] = [
  ['en', { locale: 'en-US', viewport: WIDE, colorScheme: 'light' }],
  ['es', { locale: 'es-AR', viewport: NARROW, colorScheme: 'light' }],
  ['pt', { locale: 'pt-BR', viewport: WIDE, colorScheme: 'dark' }],
  ['ro', { locale: 'ro-RO', viewport: NARROW, colorScheme: 'dark' }],
]

let browser: Browser
let server: ConsoleServer
let url: string
let tab: Tab

beforeAll(async () => {
  if (whyNoChromium() === undefined) browser = await launch()
})
afterAll(() => browser?.close())
beforeEach(async () => {
  server = new ConsoleServer()
  url = await server.start()
})
afterEach(async () => {
  await tab?.close()
  await server.stop()
})

async function open(view: string, options?: BrowserContextOptions): Promise<void> {
  tab = await Tab.open(browser, options)
  await tab.page.goto(`${url}#/${view}`)
  await signIn(tab, TOKEN)
}

const heading = (text: string) => tab.page.getByRole('heading', { level: 1, name: text })

describe.each(LOOKS)('the console in %s', (language, look) => {
  const text = texts(language)

  test('shows each view in this language; axe finds nothing, nothing is cut off', async () => {
    tab = await Tab.open(browser, look)
    await tab.page.goto(url)
    await heading(text('door.title')).waitFor()
    expect(await tab.axe()).toEqual([])
    await signIn(tab, TOKEN)
    for (const [view, key] of VIEWS) {
      await tab.page.goto(`${url}#/${view}`)
      await heading(text(key)).waitFor()
      if (view === 'check') {
        await tab.page.getByRole('button', { name: text('check.run') }).click()
        await tab.page.getByText(text('check.failing')).waitFor()
      } else if (view !== 'start') {
        await tab.page.getByText(text('app.loading')).waitFor({ state: 'detached' })
      }
      expect([view, await tab.axe()]).toEqual([view, []])
      expect([view, await tab.overflow()]).toEqual([view, 0])
    }
    expect(await tab.page.evaluate('document.documentElement.lang')).toBe(language)
    expect(tab.problems).toEqual([])
  })
})

test('the language can be chosen, and stays chosen in the tab', async () => {
  await open('held')
  await heading('Held offers').waitFor()
  await tab.page.getByLabel('Language').selectOption('ro')
  await heading(texts('ro')('nav.held')).waitFor()
  await tab.page.reload()
  await heading(texts('ro')('nav.held')).waitFor()
})

test('no data is asked for before a token is given, and none is kept but in the tab', async () => {
  tab = await Tab.open(browser)
  await tab.page.goto(`${url}#/exports`)
  await heading('Sign in').waitFor()
  expect(server.asked).toEqual([])
  await signIn(tab, TOKEN)
  await heading('Exports').waitFor()
  expect(await tab.page.evaluate('[localStorage.length, document.cookie]')).toEqual([0, ''])
  expect(tab.page.url()).not.toContain(TOKEN)
  await tab.page.getByRole('button', { name: 'Sign out' }).click()
  await heading('Sign in').waitFor()
  expect(await tab.page.evaluate('JSON.stringify(sessionStorage)')).not.toContain(TOKEN)
})

test('a wrong token is named as such, and can be typed again', async () => {
  tab = await Tab.open(browser)
  await tab.page.goto(url)
  await signIn(tab, 'wrong')
  await tab.page.getByRole('alert').getByText('The token was not accepted').waitFor()
  expect(await tab.axe()).toEqual([])
  await signIn(tab, TOKEN)
  await heading('Something needs your attention').waitFor()
})

test.each([
  [429, 'Too many requests', 'Try again in 60 seconds.'],
  [503, 'The app is temporarily unavailable', 'state_unavailable: the state cannot be read'],
  [500, 'The request was refused (500)', 'state_unavailable: the state cannot be read'],
])('a %i is explained', async (status, title, text) => {
  server.instead = () => ({
    status,
    body: { code: 'state_unavailable', message: 'the state cannot be read' },
  })
  await open('exports')
  const alert = tab.page.getByRole('alert')
  await alert.getByText(title).waitFor()
  expect(await alert.innerText()).toContain(text)
})

test('a lost connection is explained, and the last data stays', async () => {
  await open('start')
  await heading('Start export').waitFor()
  await server.stop()
  await tab.page.getByRole('button', { name: 'Start dry run' }).click()
  await tab.page.getByRole('alert').getByText('The app cannot be reached').waitFor()
})

test('a state is a word, a sentence, and what to do', async () => {
  let state: Parameters<typeof answers.status>[0] = 'ok'
  server.instead = (_, path) => (path === '/status' ? { body: answers.status(state) } : undefined)
  await open('overview')
  for (const [each, word, sentence] of [
    ['ok', 'OK', 'Stock reaches Intershop'],
    ['late', 'Late', 'Stock is late'],
    ['actionRequired', 'Action required', 'Something needs your attention'],
    ['paused', 'Paused', 'Exports are paused'],
  ] as const) {
    state = each
    await heading(sentence).waitFor()
    const card = tab.page.getByRole('region', { name: sentence })
    expect(await card.innerText()).toContain(word)
    if (each !== 'ok') expect(await card.innerText()).toContain('release or dismiss them')
  }
})

test('a running export shows its progress, its last error and the next attempt', async () => {
  await open(`exports/${answers.running.exportId}`)
  const bar = tab.page.getByRole('progressbar', { name: 'Full export' })
  await bar.waitFor()
  expect(await bar.getAttribute('value')).toBe('62')
  const main = await tab.page.locator('main').innerText()
  expect(main).toContain('1,240 of 2,000 SKUs read')
  expect(main).toContain('SFTP: connecting to drop.example:22 failed Failed attempts: 3.')
  await tab.page.getByRole('button', { name: 'Cancel export' }).click()
  await eventually('the request to cancel', () =>
    server.asked.find((each) => each === `DELETE /exports/${answers.running.exportId}`)
  )
})

test('filters go to the app, and older exports are added', async () => {
  await open('exports')
  await tab.page.getByLabel('Status').selectOption('failed')
  await tab.page.getByLabel('Kind').selectOption('seller')
  const isAsked = (query: string) =>
    eventually(`a request with ${query}`, () => server.asked.find((each) => each.endsWith(query)))
  await isAsked('/exports?status=failed&route=seller')
  await tab.page.getByRole('button', { name: 'Show more' }).click()
  await isAsked(`/exports?status=failed&route=seller&before=${answers.idOf(17)}`)
})

test('markup in names, references and errors is shown as text', async () => {
  server.change = answers.hostile
  tab = await Tab.open(browser)
  await tab.page.goto(url)
  await signIn(tab, TOKEN)
  for (const [view] of VIEWS.filter(([each]) => each !== 'start')) {
    await tab.page.goto(`${url}#/${view}`)
    if (view === 'check') await tab.page.getByRole('button', { name: 'Check connections' }).click()
    await tab.page.getByText('<img src=x onerror=').first().waitFor()
    expect(await tab.page.locator('img, main script').count()).toBe(0)
  }
  expect(await tab.page.evaluate('window.attacked')).toBeUndefined()
  expect(tab.problems).toEqual([])
})

test('held offers are released after a dry run that shows what would happen', async () => {
  const bodies: unknown[] = []
  await open('held')
  tab.page.on('request', (request) => {
    if (request.url().includes('/held/')) bodies.push(request.postDataJSON())
  })
  const release = tab.page.getByRole('button', { name: 'Release…' })
  await release.waitFor()
  expect(await release.isDisabled()).toBe(true)
  await tab.page.getByLabel('Choose SKU 400').check()
  await tab.page.getByLabel('Choose SKU 398').check()
  await release.click()
  const dialog = tab.page.getByRole('dialog', { name: 'Release held offers' })
  await dialog.getByText('What would happen').waitFor()
  expect(bodies).toEqual([{ skus: [400, 398], dryRun: true }])
  expect(await dialog.innerText()).toMatch(/Would be sent\s+1,100/)
  expect(await tab.axe()).toEqual([])
  await dialog.getByRole('button', { name: 'Release now' }).click()
  await dialog.getByText('The release has started.').waitFor()
  expect(bodies[1]).toEqual({ skus: [400, 398], dryRun: false })
  await tab.page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
})

test.each([
  ['Update', '/update?'],
  ['Full export', '/export?'],
  ['From a SKU on', '/export/start/0?'],
  ['One seller', '/export/seller/1?'],
  ['Time window', '/export/time/60?'],
  ['Time window of one seller', '/export/seller/1/time/60?'],
])('%s starts with a dry run, then for real', async (name, path) => {
  await open('start')
  await tab.page
    .getByRole('radio', { name: `${name} ` })
    .first()
    .waitFor()
  await tab.page.locator('.choice', { has: tab.page.getByText(name, { exact: true }) }).click()
  await tab.page.getByLabel('Hold nothing back').check()
  await tab.page.getByRole('button', { name: 'Start dry run' }).click()
  await tab.page.getByRole('button', { name: 'Start for real' }).click()
  await tab.page.locator('main').getByText('The export has started.').waitFor()
  const started = server.asked.filter((each) => each.startsWith('POST'))
  expect(started).toEqual([`POST ${path}dryRun=true&force=true`, `POST ${path}force=true`])
})

test('the page is used with the keyboard alone', async () => {
  await open('overview')
  await heading('Something needs your attention').waitFor()
  await tab.page.keyboard.press('Tab')
  await tab.page.keyboard.press('Tab')
  const focused = () => tab.page.evaluate<string>('document.activeElement.textContent')
  await tab.page.locator('.skip').focus()
  await tab.page.keyboard.press('Enter')
  expect(await tab.page.evaluate('document.activeElement.id')).toBe('main')
  await tab.page.getByRole('link', { name: 'Held offers' }).first().focus()
  await tab.page.keyboard.press('Enter')
  await heading('Held offers').waitFor()
  expect(await focused()).toBe('Held offers')
})

test('a hidden tab asks nothing, and asks at once when it is shown again', async () => {
  tab = await Tab.open(browser)
  await tab.page.clock.install()
  await tab.page.goto(`${url}#/overview`)
  await signIn(tab, TOKEN)
  await heading('Something needs your attention').waitFor()
  const show = (state: string) =>
    tab.page.evaluate(
      `Object.defineProperty(document, 'visibilityState', { value: '${state}', configurable: true });
       document.dispatchEvent(new Event('visibilitychange'))`
    )
  await show('hidden')
  const before = server.asked.length
  await tab.page.clock.runFor(600_000)
  expect(server.asked.length).toBe(before)
  const asked = tab.page.waitForRequest((request) => request.url().endsWith('/status'))
  await show('visible')
  await asked
})

test('the longer nothing changes, the longer the page waits before it asks again', async () => {
  server.instead = (_, path) => (path === '/held' ? { body: { items: [] } } : undefined)
  tab = await Tab.open(browser)
  // The page's timers are written down and end at once: no clock takes part.
  await tab.page.addInitScript(
    `const atOnce = setTimeout
     window.waits = []
     window.setTimeout = (task, ms) => {
       waits.push(ms)
       return waits.length < 6 ? atOnce(task) : 0
     }`
  )
  await tab.page.goto(`${url}#/held`)
  await signIn(tab, TOKEN)
  await tab.page.getByText('No offers are held.').waitFor()
  await until('six waits', () => tab.page.evaluate<boolean>('waits.length === 6'))
  const waits = [20_000, 30_000, 45_000, 60_000, 60_000, 60_000]
  expect(await tab.page.evaluate('waits')).toEqual(waits)
  expect(server.asked).toEqual(waits.map(() => 'GET /held'))
})
