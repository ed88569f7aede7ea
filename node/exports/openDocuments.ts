import type { z } from 'zod'

import { SKU_SOURCES, type SkuSourceName } from '../sources/source'
import type { Documents, Folder } from '../state/documents'
import type { Clock } from './clock'
import { listsOf, parseListPath, plansOf } from './names'
import { type List, type Lists, listSchema, type Plan, planSchema } from './plan'
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
  /** Nonces of lists. */
  private readonly forsaken = new Set<string>()

  constructor(
    private readonly documents: Documents,
    private readonly clock: Pick<Clock, 'sleep'>,
    /** Names in a folder that begin so. @throws {StateError} */
    private readonly namesOf: (folder: Folder, prefix: string) => Promise<string[]>
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
        const own = await this.namesOf('plans', plansOf(exportId, fingerprint))
        const plan = await this.first(this.plans, 'plans', own, planSchema)
        if (plan) plans.set(exportId, plan)
      })
    )
    return plans
  }

  /** Some of the ids of a list are lost: it is none. */
  forsake({ nonce }: List) {
    this.forsaken.add(nonce)
  }

  /** The lists that plans hold, or that belong to them, by export. @throws {StateError} */
  async listsOf(plans: ReadonlyMap<string, Plan>): Promise<Map<string, Lists>> {
    const lists = new Map<string, Lists>()
    await Promise.all(
      [...plans.values()].map(async (plan) => {
        const own: Lists = {}
        lists.set(plan.exportId, own)
        for (const source of SKU_SOURCES.filter((name) => plan.sources.includes(name))) {
          // What no source told of is known only once all were read.
          const held = source === 'vanished' ? undefined : this.held(plan)
          const list = held ?? (await this.listApart(plan, source))
          if (list) own[source] = list
        }
      })
    )
    return lists
  }

  private held({ list }: Plan): List | undefined {
    return list && !this.forsaken.has(list.nonce) ? list : undefined
  }

  private async listApart(plan: Plan, source: SkuSourceName) {
    const names = await this.namesOf('lists', listsOf(plan))
    const left = names.filter((name) => {
      const list = parseListPath(name)
      return list?.source === source && !this.forsaken.has(list.nonce)
    })
    return this.first(this.lists, 'lists', left, listSchema)
  }

  /** Two workers may both have planned, or listed: the first in name order is everybody's. */
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
