import type { Browser } from 'playwright-core'

import { CONTROL_CALLS } from '../../sandbox/control/calls'
import { App } from './support/app'
import { launch, signIn, Tab, whyNoChromium } from './support/browser'
import { untilTold } from './support/changes'
import { eventually } from './support/eventually'
import { send } from './support/http'
import { unless } from './support/skipped'
import { idsOf, onSale, STOCKED, soldOut, stock } from './support/zeros'

const TOKEN = 'sandbox-token'
const CONSOLE = '/_v/intershop/console'
const test = unless(whyNoChromium(), 'the console and the sandbox in a browser')

/** 20 of them may be newly 0 within an hour, more are held. */
const SKUS = 60

let app: App
let browser: Browser
let tab: Tab | undefined

beforeAll(async () => {
  app = await App.start({ skus: SKUS, ...STOCKED })
  await onSale(app)
  if (whyNoChromium() === undefined) browser = await launch()
})
afterAll(async () => {
  await browser?.close()
  await app.stop()
})
afterEach(() => tab?.close())

async function open(view: string): Promise<Tab> {
  tab = await Tab.open(browser)
  await tab.page.goto(`${app.sandbox.url}${CONSOLE}#/${view}`)
  await signIn(tab, TOKEN)
  return tab
}

const quantityOf = (skuId: number) => app.intershop.inventory.get(`${skuId}`)?.quantity

const get = (path: string, method = 'GET') => send(app.sandbox.url, { method, path })

it('GET /console needs no token, loads nothing from elsewhere, and only the admin may frame it', async () => {
  const { status, headers, body } = await get(CONSOLE)
  expect(status).toBe(200)
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
  const policy = String(headers['content-security-policy'])
  expect(policy).toContain("default-src 'none'; script-src 'sha256-")
  expect(policy).not.toContain('unsafe')
  expect(policy).toMatch(
    /frame-ancestors 'self' https:\/\/sandbox\.myvtex\.com https:\/\/master--sandbox\.myvtex\.com$/
  )
  const html = body.toString('utf8')
  const foreign = (html.match(/https?:\/\/[^\s"'`)]+/g) ?? []).filter(
    (url) => !url.startsWith('http://www.w3.org/')
  )
  expect(foreign).toEqual([])
  expect(html).not.toContain(TOKEN)
  expect((await get(CONSOLE, 'POST')).status).toBe(405)
})

it('the page of the sandbox lists every control call that is registered', () => {
  const routes = app.platform.control.stack.flatMap(({ methods, path }) =>
    methods
      .filter((method) => method !== 'HEAD')
      .map((method) => `${method} ${String(path).slice('/_sandbox'.length) || '/'}`)
  )
  const listed = CONTROL_CALLS.map(({ method, path }) => `${method} ${path}`)
  expect(routes.filter((route) => !listed.includes(route))).toEqual([])
})

test('a wrong token shows no data', async () => {
  tab = await Tab.open(browser)
  const { page } = tab
  await page.goto(`${app.sandbox.url}${CONSOLE}#/exports`)
  await signIn(tab, 'wrong')
  await page.getByRole('alert').getByText('The token was not accepted').waitFor()
  expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Sign in')
})

test('an export that is started in the console is followed, and cancelled', async () => {
  const { page, problems } = await open('start')
  app.platform.limits.add({ upstream: '*', path: '/api/logistics', perSecond: 10, burst: 1 })
  await page.getByText('Full export', { exact: true }).click()
  await page.getByRole('button', { name: 'Start without a dry run' }).click()
  await page.getByRole('link', { name: 'Follow the export' }).click()
  await page.getByRole('progressbar', { name: 'Full export' }).waitFor()
  await page.getByText('Console', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Cancel export' }).click()
  await page.getByText('Cancelled', { exact: true }).first().waitFor({ timeout: 90_000 })
  app.platform.limits.clear()
  expect(problems).toEqual([])
})

test('a sold unit is seen at its source, in the dry run, and then in Intershop', async () => {
  const [skuId = 0] = idsOf(app)
  stock(app, skuId, 7)
  await untilTold(app)
  const { page, problems } = await open(`sku/${skuId}`)
  const own = page.locator('section', { hasText: 'Own offer' })
  await own.getByText('Sends it').waitFor()
  expect(await own.innerText()).toMatch(/Last sent to Intershop\s+10[\s\S]*At the source now\s+7/)
  await page.goto(`${app.sandbox.url}${CONSOLE}#/start`)
  await page.getByRole('button', { name: 'Start dry run' }).click()
  const result = page.locator('section', { hasText: 'What would happen' })
  await result.getByRole('button', { name: 'Start for real' }).waitFor({ timeout: 90_000 })
  expect(await result.innerText()).toMatch(/Would be sent\s+1\s/)
  expect(quantityOf(skuId)).toBe(10)
  await result.getByRole('button', { name: 'Start for real' }).click()
  await eventually('the unit in Intershop', () => quantityOf(skuId) === 7 || undefined)
  expect(problems).toEqual([])
})

test('the connections are checked', async () => {
  const { page, problems } = await open('check')
  await page.getByRole('button', { name: 'Check connections' }).click()
  await page.locator('#main').getByText('All connections work').waitFor({ timeout: 60_000 })
  await page.getByText('Intershop: writing a file').waitFor()
  expect(problems).toEqual([])
})

test('held offers are shown with what was sent and what is there, released, and gone then', async () => {
  const sold = idsOf(app).slice(10, 40)
  await soldOut(app, sold)
  const { offers } = await app.exported('update')
  expect(offers.held).toBeGreaterThan(0)
  const { page, problems } = await open('overview')
  await page.getByRole('heading', { name: 'Something needs your attention' }).waitFor()
  await page.getByText('Offers are held back').waitFor()
  await page.getByRole('link', { name: 'Held offers' }).first().click()
  const rows = page.locator('tbody tr')
  await rows.first().waitFor()
  expect(await rows.count()).toBe(offers.held)
  expect(await rows.first().innerText()).toMatch(/10\s+0\s/)
  await page.getByLabel('Seller id').fill('1')
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.getByRole('button', { name: 'Release…' }).click()
  const dialog = page.getByRole('dialog')
  const release = dialog.getByRole('button', { name: 'Release now' })
  await release.waitFor({ timeout: 90_000 })
  expect(await dialog.innerText()).toMatch(new RegExp(`Would be sent\\s+${offers.held}\\s`))
  await release.click()
  await eventually(
    'the zeros in Intershop',
    () => sold.every((skuId) => quantityOf(skuId) === 0) || undefined
  )
  await app.idle()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await page.reload()
  await page.getByText('No offers are held.').waitFor()
  expect(problems).toEqual([])
})

test('a reference that is markup is shown as text', async () => {
  const markup = '<img src=x onerror="window.attacked=1">'
  const skuId = idsOf(app)[50] ?? 0
  await app.configure({ skuIdentifier: 'refId' })
  app.commerce.setFacts(skuId, { refId: markup })
  await untilTold(app)
  await app.exported('export')
  const { page, problems } = await open(`sku/${skuId}`)
  await page
    .getByRole('cell', { name: markup })
    .or(page.getByRole('rowheader', { name: markup }))
    .first()
    .waitFor()
  expect(await page.evaluate('window.attacked')).toBeUndefined()
  expect(problems).toEqual([])
})

test('all unmapped offers of an export are saved as CSV, with the token as a header', async () => {
  await app.configure({ skuIdentifier: 'ean' })
  for (const skuId of idsOf(app)) app.commerce.setFacts(skuId, { ean: null })
  await untilTold(app)
  const report = await app.exported('export')
  expect(report.offers.unmapped).toBe(SKUS)
  const { page } = await open(`exports/${report.exportId}`)
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download CSV: Unmapped offers' }).click()
  const file = await download
  expect(file.suggestedFilename()).toBe(`${report.exportId}-unmapped.csv`)
  const stream = await file.createReadStream()
  let text = ''
  for await (const part of stream) text += String(part)
  expect(text.trim().split('\n')).toHaveLength(SKUS + 1)
})

test('the sandbox sells a unit, breaks the SFTP server and shows what arrives', async () => {
  await app.configure({ skuIdentifier: 'skuId' })
  const skuId = idsOf(app)[45] ?? 0
  stock(app, skuId, 5)
  await app.exported('export')
  tab = await Tab.open(browser)
  const { page, problems } = tab
  await page.goto(`${app.sandbox.url}/_sandbox/`)
  await page.getByLabel('VTEX SKU id').fill(`${skuId}`)
  await page.keyboard.press('Enter')
  await page.locator('.flow').first().getByText('arrived').waitFor()
  await page.getByRole('switch', { name: 'SFTP server is down' }).click()
  await eventually('the fault', () => app.intershop.sftp.faults.refuse || undefined)
  await page.getByRole('button', { name: 'Sell one unit' }).click()
  await page.locator('.flow').first().getByText('on its way').waitFor()
  await page.getByRole('switch', { name: 'SFTP server is down' }).click()
  await eventually('the end of the fault', () => !app.intershop.sftp.faults.refuse || undefined)
  await page.getByRole('button', { name: 'Start an update' }).click()
  await page.locator('.flow').first().getByText('arrived').waitFor({ timeout: 90_000 })
  expect(quantityOf(skuId)).toBe(4)
  await page.getByText(`Intershop imported ${skuId}: 5 → 4`).waitFor()
  await page.locator('summary', { hasText: 'sell all units of these SKUs' }).click()
  await page.locator('details[open] textarea').fill(`{"skuIds":[${skuId}]}`)
  await page.locator('details[open]').getByRole('button', { name: 'Send' }).click()
  await page.locator('pre', { hasText: '200 OK' }).waitFor()
  expect(await tab.axe()).toEqual([])
  await page.setViewportSize({ width: 360, height: 740 })
  expect(await tab.overflow()).toBe(0)
  expect(problems).toEqual([])
})
