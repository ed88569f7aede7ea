import { readdir, readFile } from 'fs/promises'
import { join } from 'path'
import { readOffers } from '../../sandbox/world/intershop/importer/read-offers'
import type { App } from '../e2e/support/app'
import { type Report, sumOfOffers } from '../e2e/support/report'
import type { FaultCase } from './faultCase'
import { expectedNow } from './stock'

/** What a report says that it must not, one sentence each. */
export function faultsOfReport(report: Report, { failing }: FaultCase): string[] {
  // Other sellers' offers are not read yet: such an export says so and sends nothing.
  if (report.error?.code === 'scope_unavailable' && report.offers.sent === 0) return []
  const { status, offers, skus, failures, error } = report
  const named = [...new Set(failures.map(({ skuId }) => skuId))].sort((a, b) => a - b)
  const wrong: [boolean, string][] = [
    [
      status !== (offers.failed > 0 ? 'completedWithErrors' : 'completed'),
      `ended ${status} with ${offers.failed} failed ${error ? `(${error.code}: ${error.message})` : ''}`,
    ],
    [
      offers.processed !== sumOfOffers(report),
      `processed ${offers.processed} is not the sum ${sumOfOffers(report)}`,
    ],
    [skus.remaining !== 0, `${skus.remaining} SKUs remain`],
    [skus.read !== skus.planned, `${skus.read} of ${skus.planned} SKUs were read`],
    [failures.length !== offers.failed, `${offers.failed} failed, ${failures.length} named`],
    [
      failing !== undefined && String(named) !== String(failing),
      `failed: ${named}; expected: ${failing}`,
    ],
  ]
  return wrong.filter(([is]) => is).map(([, sentence]) => sentence)
}

/**
 * SKUs that an export by this route tells Intershop of. An `update` reads every SKU today; once it sends
 * pending changes only, it still carries what was changed for it.
 */
function carried(route: string, changed: readonly number[]): (skuId: number) => boolean {
  if (route === 'update') return (skuId) => changed.includes(skuId)
  return () => route === 'export'
}

/** Offers that differ from their source though the report does not name them as failed. */
export async function wrongOffers(
  app: App,
  route: string,
  changed: readonly number[],
  failed: readonly number[]
): Promise<string[]> {
  const isCarried = carried(route, changed)
  const expected = (await expectedNow(app)).filter(
    ({ skuId }) => isCarried(skuId) && !failed.includes(skuId)
  )
  return expected
    .filter(
      ({ offerSku, quantity }) => app.intershop.inventory.get(offerSku)?.quantity !== quantity
    )
    .map(({ skuId, offerSku, quantity }) => {
      const actual = app.intershop.inventory.get(offerSku)?.quantity
      return `SKU ${skuId} is ${actual} in Intershop, ${quantity} in VTEX`
    })
}

/** The files that Intershop has taken so far. */
export async function filesTaken({ intershop }: App): Promise<Set<string>> {
  return new Set(await readdir(intershop.folders.archive))
}

/**
 * Offers in files that came since, whatever was imported later, that do not say what VTEX says; and files
 * that Intershop could not read. The account's stock must not have changed meanwhile.
 */
export async function wrongFiles(app: App, since: ReadonlySet<string>): Promise<string[]> {
  const { archive } = app.intershop.folders
  const expected = new Map(
    (await expectedNow(app)).map(({ offerSku, quantity }) => [offerSku, quantity])
  )
  const names = (await readdir(archive)).filter((name) => !since.has(name))
  const offers = await Promise.all(
    names.map(async (name) => {
      const found = readOffers(await readFile(join(archive, name), 'utf8'), 'StockQuantity')
      return found.map(({ sku, quantity }) => ({ name, sku, quantity }))
    })
  )
  const wrong = offers.flat().filter(({ sku, quantity }) => expected.get(sku) !== quantity)
  const { error } = await app.intershop.files()
  return [
    ...wrong.map(({ name, sku, quantity }) => `${name} says ${quantity} of ${sku}`),
    ...error.map(({ name, reason }) => `${name} was rejected: ${reason}`),
  ]
}
