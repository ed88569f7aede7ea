// `npm run screenshots` takes the pictures in docs/images/ from a sandbox with a day's life in it.
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { chromium, type Page } from 'playwright-core'
import { awaitEnd, startExport } from '../sandbox/cli/exports'
import { type Sandbox, startSandbox, TOKEN } from '../sandbox/sandbox'
import { RefusedChange } from '../sandbox/world/commerce/changes'
import { sellOut } from '../sandbox/world/commerce/flash-sale'

const TARGET = join(__dirname, '..', 'docs', 'images')
const CHROMIUM = '/usr/bin/chromium'
const SKUS = 600

async function exported(sandbox: Sandbox, route: string): Promise<void> {
  await awaitEnd(sandbox.url, await startExport(sandbox.url, route))
  await sandbox.intershop.idle()
}

const sellable = ({ commerce }: Sandbox) =>
  [...commerce.catalog.ids()].filter((id) =>
    commerce.balances(id).some(({ total, reserved }) => total - reserved > 3)
  )

/** Some SKUs have no stock of their own, or unlimited stock. */
function whereThereIsStock(sell: () => void): void {
  try {
    sell()
  } catch (thrown) {
    if (!(thrown instanceof RefusedChange)) throw thrown
  }
}

/** Updates after sales, a broken SFTP server, and a sale that is held. */
async function live(sandbox: Sandbox): Promise<void> {
  const { commerce, broadcaster, intershop } = sandbox
  const ids = sellable(sandbox)
  for (let round = 0; round < 14; round++) {
    for (const id of ids.slice(round * 9, round * 9 + 1 + ((round * 5) % 9))) {
      whereThereIsStock(() => commerce.sell(id, 1))
    }
    await broadcaster.idle()
    if (round === 9) intershop.sftp.faults.refusals = 2
    await exported(sandbox, round === 6 ? 'export/seller/2' : 'update')
  }
  for (const id of ids.slice(0, 260)) whereThereIsStock(() => sellOut(commerce, [id]))
  await broadcaster.idle()
  await exported(sandbox, 'update')
}

async function shoot(page: Page, sandbox: Sandbox): Promise<void> {
  const console = `${sandbox.url}/_v/intershop/console`
  const save = (name: string) => page.screenshot({ path: join(TARGET, `${name}.png`) })
  const show = async (view: string) => {
    await page.goto(`${console}#/${view}`)
    await page.getByText('Loading…').waitFor({ state: 'detached' })
    await page.evaluate('document.activeElement.blur()')
  }
  await page.goto(console)
  await page.fill('#token', TOKEN)
  await page.keyboard.press('Enter')
  await show('overview')
  await page.locator('figure').first().waitFor()
  await save('overview')
  await page.emulateMedia({ colorScheme: 'dark' })
  await save('overview-dark')
  await page.emulateMedia({ colorScheme: 'light' })
  await show('exports')
  await save('exports')
  await show('held')
  await page.getByRole('checkbox').nth(0).check()
  await page.getByRole('checkbox').nth(2).check()
  await page.getByRole('button', { name: 'Release…' }).click()
  await page.getByRole('button', { name: 'Release now' }).waitFor({ timeout: 90_000 })
  await save('held')
  await page.keyboard.press('Escape')
  await page.locator('tbody a').first().click()
  await page.getByText('Next update').first().waitFor()
  await save('sku')
  await show('check')
  await page.getByRole('button', { name: 'Check connections' }).click()
  await page.getByText('These work').waitFor({ timeout: 60_000 })
  await save('connections')
  await page.setViewportSize({ width: 390, height: 800 })
  await show('overview')
  await page.locator('figure').first().waitFor()
  await save('narrow')
}

async function main(): Promise<void> {
  const stateDirectory = await mkdtemp(join(tmpdir(), 'screenshots-'))
  await mkdir(TARGET, { recursive: true })
  const sandbox = await startSandbox({
    skus: SKUS,
    stateDirectory,
    importDelay: 200,
    schedules: true,
  })
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] })
  try {
    await exported(sandbox, 'export')
    const viewport = { width: 1_200, height: 860 }
    const page = await browser.newPage({ viewport, locale: 'en-US' })
    await live(sandbox)
    // Schedules are registered by a request; the next one shows them.
    await sleep(1_000)
    await shoot(page, sandbox)
  } finally {
    await browser.close()
    await sandbox.stop()
    await rm(stateDirectory, { recursive: true, force: true })
  }
}

void main()
