import { existsSync, readFileSync } from 'fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const found = PLACES.find((path) => existsSync(path))

/** Why no browser can be started here, if none can. */
export const whyNoChromium = () =>
  found === undefined ? `none of ${PLACES.join(', ')} is installed` : undefined

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: found ?? '', args: ['--no-sandbox'] })

/** Generous: no test passes for being quick. */
const WAIT_MS = 30_000

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

/** A tab, and all that a user must never meet in it. */
export class Tab {
  /** Violations of the Content Security Policy, and errors that no code caught. */
  readonly problems: string[] = []

  private constructor(readonly page: Page) {}

  static async open(browser: Browser, options: BrowserContextOptions = {}): Promise<Tab> {
    const context = await browser.newContext({ locale: 'en-US', ...options })
    const tab = new Tab(await context.newPage())
    tab.page.setDefaultTimeout(WAIT_MS)
    const note = (text: string) => void tab.problems.push(text)
    await tab.page.exposeFunction('noteViolation', note)
    await tab.page.addInitScript(
      `addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
        noteViolation('CSP: ' + [violatedDirective, blockedURI, sample].join(' ')))`
    )
    tab.page.on('pageerror', (error) => note(`error: ${error.message}`))
    tab.page.on('console', (message) => {
      if (/Content Security Policy|Trusted ?Type/i.test(message.text())) note(message.text())
    })
    return tab
  }

  /** What axe finds, one line each; empty if all can use the page. */
  async axe(): Promise<string[]> {
    // Evaluated by the debugger, which no Content Security Policy concerns.
    await this.page.evaluate(AXE)
    return this.page.evaluate<string[]>(
      `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
        violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`
    )
  }

  /** Pixels that the page is wider than its window. */
  overflow(): Promise<number> {
    return this.page.evaluate<number>('document.documentElement.scrollWidth - innerWidth')
  }

  close(): Promise<void> {
    return this.page.context().close()
  }
}

/** Types the token into the console's first page. */
export async function signIn({ page }: Tab, token: string): Promise<void> {
  await page.fill('#token', token)
  await page.keyboard.press('Enter')
}
