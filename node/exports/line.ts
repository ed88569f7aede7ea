import type { z } from 'zod'

import type { Documents, Folder } from '../state/documents'
import { type Clock, daysBetween } from './clock'
import { isDeliverable } from './coverage'
import { covering } from './covering'
import {
  type Delivery,
  endedPath,
  type PartName,
  parseDeliveryPath,
  parsePartPath,
  partPath,
} from './names'
import type { LineState } from './next'
import { type Plan, planSchema } from './plan'
import { type ExportRequest, requestSchema } from './scope'
import { standing } from './standing'

const DAY_MS = 86_400_000
const PLAN_LOOKS = 4
const BETWEEN_LOOKS_MS = 300

/** Everything about the exports that have not ended, read at one moment. */
export interface Line extends LineState {
  /** Of the settings that it was read with. */
  fingerprint: string
  /** Stamp of the newest delivery, done or begun, of any export; 0 when none is known. */
  highWater: number
  requests: ReadonlyMap<string, ExportRequest>
  plans: ReadonlyMap<string, Plan>
  deliveries: readonly Delivery[]
}

/**
 * Reads the line: a fold over listings. Listings may be stale, so what this process itself wrote is
 * added to them.
 */
export class LineReader {
  private readonly written = new Map<Folder, Set<string>>()
  private readonly requests = new Map<string, ExportRequest>()
  private readonly plans = new Map<string, Plan>()
  private readonly lostParts = new Set<string>()
  private readonly lostPlans = new Set<string>()

  constructor(
    private readonly documents: Documents,
    private readonly clock: Clock
  ) {}

  /** Remembers a document that this process wrote. */
  wrote(folder: Folder, name: string) {
    const names = this.written.get(folder) ?? new Set()
    this.written.set(folder, names.add(name))
  }

  /** A plan that this process made: a read may be behind by a moment. */
  planned(plan: Plan, path: string) {
    this.plans.set(path, plan)
    this.wrote('plans', path)
  }

  /** A part whose document is lost is none. */
  disregard(part: PartName) {
    this.lostParts.add(partPath(part))
  }

  /**
   * @param fingerprint of the settings in force: what was read with others does not count
   * @throws {StateError}
   */
  async read(fingerprint: string): Promise<Line> {
    const [requests, cancelled, setbacks, planNames] = await Promise.all([
      this.openRequests(),
      this.list('cancelled'),
      this.list('setbacks'),
      this.list('plans'),
    ])
    const now = this.clock.now()
    const [deliveries, plans] = await Promise.all([
      this.deliveriesSince(Math.min(now, ...requests.map(({ acceptedAt }) => acceptedAt))),
      this.plansInForce(requests, planNames, fingerprint),
    ])
    const parts = await this.parts([...plans.keys()])
    const highWater = Math.max(0, ...deliveries.map(({ stamp }) => stamp))
    const findings = { plans, parts, deliveries, setbacks, cancelled, coveredBy: covering(plans) }
    return {
      now,
      fingerprint,
      exports: requests.map((request) => standing(request, fingerprint, findings)),
      recent: latestFirst(deliveries),
      highWater,
      requests: new Map(requests.map((request) => [request.exportId, request])),
      plans,
      deliveries,
    }
  }

  /** Whether a saved part is still to be delivered and nothing newer was. @throws {StateError} */
  async stillDeliverable(part: PartName): Promise<boolean> {
    const [deliveries, cancelled] = await Promise.all([
      this.deliveriesSince(part.after || part.stamp),
      this.documents.list('cancelled', part.exportId),
    ])
    return cancelled.length === 0 && isDeliverable(part, deliveries)
  }

  private async openRequests(): Promise<ExportRequest[]> {
    const ended = this.written.get('ended') ?? new Set()
    const names = (await this.list('exports')).filter((name) => !ended.has(endedPath(name)))
    const requests = await Promise.all(
      names.map((name) => this.document(this.requests, 'exports', name, requestSchema))
    )
    return requests.filter((request) => request !== undefined)
  }

  private async plansInForce(
    requests: readonly ExportRequest[],
    names: readonly string[],
    fingerprint: string
  ): Promise<Map<string, Plan>> {
    const plans = new Map<string, Plan>()
    await Promise.all(
      requests.map(async ({ exportId }) => {
        // Two workers may both have planned: the first in name order is everybody's.
        const name = names.find((path) => path.startsWith(`${exportId}~${fingerprint}~`))
        const plan = name && (await this.plan(name))
        if (plan) plans.set(exportId, plan)
      })
    )
    return plans
  }

  /** To plan anew takes longer than to look again: a plan is looked for a few times, once. */
  private async plan(name: string): Promise<Plan | undefined> {
    for (let look = 1; ; look++) {
      const plan = await this.document(this.plans, 'plans', name, planSchema)
      if (plan || look > PLAN_LOOKS || this.lostPlans.has(name)) return plan
      if (look === PLAN_LOOKS) this.lostPlans.add(name)
      await this.clock.sleep(BETWEEN_LOOKS_MS)
    }
  }

  /** A document that never changes, read once. Another version's is not ours to judge: there is none. */
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

  private async parts(exportIds: readonly string[]): Promise<PartName[]> {
    const names = await Promise.all(exportIds.map((id) => this.list('parts', `${id}/`)))
    return names
      .flat()
      .filter((name) => !this.lostParts.has(name))
      .map(parsePartPath)
      .filter((part) => part !== undefined)
  }

  private async deliveriesSince(moment: number): Promise<Delivery[]> {
    const days = daysBetween(moment - DAY_MS, this.clock.now() + DAY_MS)
    const names = await Promise.all(days.map((day) => this.list('delivered', `${day}/`)))
    return names
      .flat()
      .map(parseDeliveryPath)
      .filter((delivery) => delivery !== undefined)
  }

  private async list(folder: Folder, prefix = ''): Promise<string[]> {
    const own = [...(this.written.get(folder) ?? [])].filter((name) => name.startsWith(prefix))
    return [...new Set([...(await this.documents.list(folder, prefix)), ...own])].sort()
  }
}

const latestFirst = (deliveries: readonly Delivery[]): string[] =>
  deliveries
    .filter(({ done }) => done)
    .sort((a, b) => b.stamp - a.stamp)
    .map(({ exportId }) => exportId)
