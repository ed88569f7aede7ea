import type { z } from 'zod'

import { SKU_SOURCES, type SkuSourceName } from '../sources/source'
import type { Documents, Folder } from '../state/documents'
import type { Clock } from './clock'
import { listNames, planNames } from './names'
import { type List, type Lists, listSchema, type Plan, planSchema } from './plan'
import { LostDocumentError, readSaved } from './readSaved'
import { type ExportRequest, requestSchema } from './scope'

/** The requests, plans and lists of exports that have not ended: none ever changes, so each is read once. */
export class OpenDocuments {
  private readonly requests = new Map<string, ExportRequest>()
  /** By name. */
  readonly plans = new Map<string, Plan>()
  /** By name. */
  readonly lists = new Map<string, List>()
  /** Names of plans and lists that are lost, and nonces of lists of which a part is. */
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

  /** Some of the ids of a list are lost: it is none. */
  forsake({ nonce }: List) {
    this.lost.add(nonce)
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
          const held = source !== 'vanished' && !this.lost.has(plan.list?.nonce ?? '')
          const list = (held && plan.list) || (await this.listApart(plan, source))
          if (list) own[source] = list
        }
      })
    )
    return lists
  }

  private async listApart({ exportId, nonce }: Plan, source: SkuSourceName) {
    const names = await this.namesOf('lists', listNames.prefix(exportId, nonce))
    const left = names.filter((name) => {
      const list = listNames.parse(name)
      return list?.source === source && !this.lost.has(list.nonce)
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
    for (const name of names.filter((each) => !this.lost.has(each))) {
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
