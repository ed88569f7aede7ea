import type { z } from 'zod'

import { SKU_SOURCES, type SkuSourceName } from '../sources/source'
import type { Documents, Folder } from '../state/documents'
import type { Clock } from './clock'
import type { Listings } from './listing'
import { type ListingName, listingPath } from './names'
import { type List, type Lists, listSchema, NO_SKUS, type Plan, planSchema } from './plan'
import { type ExportRequest, requestSchema } from './scope'

const LOOKS = 4
const BETWEEN_LOOKS_MS = 300

/** The requests, plans and lists of exports that have not ended: none ever changes, so each is read once. */
export class OpenDocuments {
  private readonly requests = new Map<string, ExportRequest>()
  /** By name. */
  readonly plans = new Map<string, Plan>()
  /** By name. */
  readonly lists = new Map<string, List>()
  private readonly lost = new Set<string>()

  constructor(
    private readonly documents: Documents,
    private readonly clock: Pick<Clock, 'sleep'>
  ) {}

  /** @throws {StateError} */
  async requestsOf(names: readonly string[]): Promise<ExportRequest[]> {
    const requests = await Promise.all(
      names.map((name) => this.document(this.requests, 'exports', name, requestSchema))
    )
    return requests.filter((request) => request !== undefined)
  }

  /**
   * By export.
   * @param names of all plans
   * @param fingerprint of the settings in force
   * @throws {StateError}
   */
  async plansInForce(
    requests: readonly ExportRequest[],
    names: readonly string[],
    fingerprint: string
  ): Promise<Map<string, Plan>> {
    const plans = new Map<string, Plan>()
    await Promise.all(
      requests.map(async ({ exportId }) => {
        const own = names.filter((path) => path.startsWith(`${exportId}~${fingerprint}~`))
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
    return this.first(this.lists, 'lists', names.map(listingPath), listSchema)
  }

  /** Two workers may both have planned, or listed: the first of these names is everybody's. */
  private async first<T>(
    known: Map<string, T>,
    folder: Folder,
    names: readonly string[],
    schema: z.ZodType<T>
  ): Promise<T | undefined> {
    for (const name of names) {
      const document = await this.patiently(known, folder, name, schema)
      if (document) return document
    }
    return undefined
  }

  /** To plan or list anew takes longer than to look again: a document is looked for a few times, once. */
  private async patiently<T>(
    known: Map<string, T>,
    folder: Folder,
    name: string,
    schema: z.ZodType<T>
  ): Promise<T | undefined> {
    for (let look = 1; ; look++) {
      const document = await this.document(known, folder, name, schema)
      if (document || look > LOOKS || this.lost.has(name)) return document
      if (look === LOOKS) this.lost.add(name)
      await this.clock.sleep(BETWEEN_LOOKS_MS)
    }
  }

  /** Another version's is not ours to judge: there is none. */
  private async document<T>(
    known: Map<string, T>,
    folder: Folder,
    name: string,
    schema: z.ZodType<T>
  ): Promise<T | undefined> {
    const document = known.get(name)
    if (document) return document
    const { data } = schema.safeParse(await this.documents.read(folder, name))
    if (data) known.set(name, data)
    return data
  }
}
