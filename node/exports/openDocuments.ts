import type { z } from 'zod'
import type { Clock } from '../common/clock'
import { SKU_SOURCES, type SkuSourceName } from '../sources/source'
import type { Documents, Folder } from '../state/documents'
import type { Listings } from './listing'
import { type ListingName, listingNames, planNames } from './names'
import { type List, type Lists, listSchema, NO_SKUS, type Plan, planSchema } from './plan'
import { LostDocumentError, readSaved } from './readSaved'
import { type ExportRequest, requestSchema } from './scope'

/** Each that is lost takes seconds, and a run has to get on: to plan or list anew is worth more than a third try. */
const MOST_TRIED = 2

/** The requests, plans and lists of exports that have not ended: none ever changes, so each is read once. */
export class OpenDocuments {
  private readonly requests = new Map<string, ExportRequest>()
  /** By name. */
  readonly plans = new Map<string, Plan>()
  /** By name. */
  readonly lists = new Map<string, List>()
  /** Names of plans and lists that are lost. */
  private readonly lost = new Set<string>()

  constructor(
    private readonly io: { documents: Documents; clock: Clock },
    /** Names in a folder that begin so. @throws {StateError} */
    private readonly namesOf: (folder: Folder, prefix: string) => Promise<string[]>
  ) {}

  /** Another version's is not ours to judge: there is none. @throws {StateError} */
  async requestsOf(exportIds: readonly string[]): Promise<ExportRequest[]> {
    await Promise.all(
      exportIds.map(async (exportId) => {
        if (this.requests.has(exportId)) return
        const document = await this.io.documents.read('exports', exportId)
        const { data } = requestSchema.safeParse(document)
        if (data) this.requests.set(exportId, data)
      })
    )
    return exportIds.flatMap((exportId) => this.requests.get(exportId) ?? [])
  }

  /**
   * By export.
   * @param fingerprint of the settings in force
   * @throws {StateError}
   */
  async plansInForce(
    requests: readonly ExportRequest[],
    fingerprint: string
  ): Promise<Map<string, Plan>> {
    const plans = new Map<string, Plan>()
    await Promise.all(
      requests.map(async ({ exportId }) => {
        const own = await this.namesOf('plans', planNames.prefix(exportId, fingerprint))
        const plan = await this.first(this.plans, 'plans', own, planSchema)
        if (plan) plans.set(exportId, plan)
      })
    )
    return plans
  }

  /** The lists that count, by export. @throws {StateError} */
  async listsOf(
    plans: ReadonlyMap<string, Plan>,
    listings: ReadonlyMap<string, Listings>
  ): Promise<Map<string, Lists>> {
    const lists = new Map<string, Lists>()
    await Promise.all(
      [...plans.values()].map(async (plan) => {
        const own: Lists = {}
        lists.set(plan.exportId, own)
        for (const source of SKU_SOURCES.filter((name) => plan.sources.includes(name))) {
          const list = await this.listOf(plan, source, listings.get(plan.exportId)?.[source]?.lists)
          if (list) own[source] = list
        }
      })
    )
    return lists
  }

  private async listOf(
    { nothingPending }: Plan,
    source: SkuSourceName,
    names: readonly ListingName[] = []
  ): Promise<List | undefined> {
    if (nothingPending && source !== 'centraRows') return NO_SKUS
    const paths = names.map((name) => listingNames.build(name))
    return this.first(this.lists, 'worklists', paths, listSchema)
  }

  /** Two workers may both have planned, or listed: the first of these names is everybody's. */
  private async first<T>(
    known: Map<string, T>,
    folder: Folder,
    names: readonly string[],
    schema: z.ZodType<T>
  ): Promise<T | undefined> {
    for (const name of names.slice(0, MOST_TRIED).filter((each) => !this.lost.has(each))) {
      try {
        const document = known.get(name) ?? (await readSaved(this.io, folder, name, schema))
        known.set(name, document)
        return document
      } catch (thrown) {
        if (!(thrown instanceof LostDocumentError)) throw thrown
        this.lost.add(name)
      }
    }
    return undefined
  }
}
