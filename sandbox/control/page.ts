import { bundlePage, type Page } from '../../console/bundle'
import { allExpectedOffers, type StockSources } from '../comparison/expected-offers'
import { comparisonSettings } from '../comparison/settings'
import type { Platform } from '../platform'
import type { Intershop } from '../world/intershop/intershop'
import { CONTROL_CALLS, fieldsOf } from './calls'

interface Shown extends StockSources {
  platform: Pick<Platform, 'control' | 'settings'>
  intershop: Pick<Intershop, 'inventory'>
}

/** The page at `/_sandbox/`, and what only it asks for. Its browser code is built at the first visit. */
export function addControlPage({ platform, intershop, ...sources }: Shown): void {
  const { control, settings } = platform
  let page: Promise<Page> | undefined

  control.get('/', async (ctx) => {
    page ??= bundlePage({
      title: 'Sandbox',
      script: 'sandbox/main.ts',
      styles: ['page.css', 'sandbox/sandbox.css'],
      constants: { TEXTS: '{}' },
    })
    const { html, policy } = await page
    ctx.set('content-security-policy', `${policy}; frame-ancestors 'self'`)
    ctx.set('x-content-type-options', 'nosniff')
    ctx.type = 'html'
    ctx.body = html
  })

  control.get('/calls', (ctx) => {
    ctx.body = CONTROL_CALLS.map((call) => ({ ...call, body: undefined, fields: fieldsOf(call) }))
  })

  control.get('/offers/:skuId', async (ctx) => {
    const found = []
    const now = comparisonSettings(await settings.read())
    for (const { skuId, ...offer } of allExpectedOffers(sources, now)) {
      if (String(skuId) !== ctx.params.skuId) continue
      found.push({ ...offer, actual: intershop.inventory.get(offer.offerSku)?.quantity ?? null })
    }
    ctx.body = found
  })
}
