import { readdir, readFile } from 'fs/promises'
import { join } from 'path'
import type { ExpectedOffer } from '../../sandbox/comparison/expected-offer'
import { CENTRA_SELLER } from '../../sandbox/world/centra/access'
import { readOffers } from '../../sandbox/world/intershop/importer/read-offers'
import type { App } from '../e2e/support/app'
import { type Report, sumOfOffers } from '../e2e/support/report'
import type { Failing, FaultCase } from './faultCase'

/** Of which source a failure is. Whose offers a SKU has may not be known, nor which SKU a row of Centra's is. */
export function sourceOf({ sellerId, rowId }: Report['failures'][number]): keyof Failing {
  if (rowId !== undefined || sellerId === CENTRA_SELLER) return 'centra'
  return sellerId === '1' ? 'own' : 'sellers'
}

/** The items of a source that a report names as failed; 0 for one without an id. */
function failedOf(source: keyof Failing, { failures }: Report): number[] {
  const own = failures.filter((each) => sourceOf(each) === source)
  const ids = own.map(({ skuId, rowId }) => (source === 'centra' ? rowId : skuId) ?? 0)
  return [...new Set(ids)].sort((a, b) => a - b)
}

const SOURCES = ['own', 'sellers', 'centra'] as const

/** What a report says that it must not, one sentence each. */
export function faultsOfReport(report: Report, { failing = {}, gone }: FaultCase): string[] {
  const { status, offers, skus, failures, error, sources } = report
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
    ...Object.entries(sources).map(([name, source]): [boolean, string] => [
      source.status !== 'complete',
      `${name} is ${source.status} (${source.error?.code}: ${source.error?.message})`,
    ]),
    ...SOURCES.map((source): [boolean, string] => {
      const named = failedOf(source, report)
      // Of what is gone only that fails of which Intershop sold nothing.
      const expected =
        failing[source] ?? named.filter((id) => !gone || source === 'centra' || gone.includes(id))
      return [
        String(named) !== String(expected),
        `failed of ${source}: ${named}; expected: ${expected}`,
      ]
    }),
  ]
  return wrong.filter(([is]) => is).map(([, sentence]) => sentence)
}

/** Offers that differ from their source though the export carried them and does not name them as failed. */
export function wrongOffers(app: App, carried: readonly ExpectedOffer[]): string[] {
  const { inventory } = app.intershop
  return carried
    .filter(({ offerSku, quantity }) => inventory.get(offerSku)?.quantity !== quantity)
    .map(({ source, offerSku, quantity }) => {
      const actual = inventory.get(offerSku)?.quantity
      return `${offerSku} is ${actual} in Intershop, ${quantity} in ${source}`
    })
}

/** The files that Intershop has taken so far. */
export async function filesTaken({ intershop }: App): Promise<Set<string>> {
  return new Set(await readdir(intershop.folders.archive))
}

/**
 * Offers in files that came since, whatever was imported later, that do not say what their source says or that
 * were not to be sent; those that were to be and were not; and files that Intershop could not read. Nobody's
 * stock must have changed meanwhile.
 * @param allowed may be sent, and need not be
 */
export async function wrongFiles(
  app: App,
  since: ReadonlySet<string>,
  carried: readonly ExpectedOffer[],
  allowed: readonly ExpectedOffer[]
): Promise<string[]> {
  const { archive } = app.intershop.folders
  const quantities = (offers: readonly ExpectedOffer[]) =>
    offers.map(({ offerSku, quantity }) => [offerSku, quantity] as const)
  const expected = new Map([...quantities(allowed), ...quantities(carried)])
  const names = (await readdir(archive)).filter((name) => !since.has(name))
  const offers = await Promise.all(
    names.map(async (name) => {
      const found = readOffers(await readFile(join(archive, name), 'utf8'), 'StockQuantity')
      return found.map(({ sku, quantity }) => ({ name, sku, quantity }))
    })
  )
  const said = offers.flat()
  const sent = new Set(said.map(({ sku }) => sku))
  const { error } = await app.intershop.files()
  return [
    ...said
      .filter(({ sku }) => !expected.has(sku))
      .map(({ name, sku }) => `${name} tells of ${sku}, which was not to be sent`),
    ...said
      .filter(({ sku, quantity }) => expected.has(sku) && expected.get(sku) !== quantity)
      .map(({ name, sku, quantity }) => `${name} says ${quantity} of ${sku}`),
    ...carried
      .filter(({ offerSku }) => !sent.has(offerSku))
      .map(({ offerSku }) => `${offerSku} was not sent`),
    ...error.map(({ name, reason }) => `${name} was rejected: ${reason}`),
  ]
}
