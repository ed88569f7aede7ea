import { max, pluck, values } from 'ramda'

import { type Documents, type Folder, StateError } from '../state/documents'
import { type Clock, daysBetween } from './clock'
import { isDeliverable } from './coverage'
import { covering } from './covering'
import { type Listings, listingsOf } from './listing'
import {
  type Delivery,
  endedPath,
  type PartName,
  parseDeliveryPath,
  parseListingPath,
  parsePlanPath,
  parseSetbackPath,
} from './names'
import type { LineState } from './next'
import { OpenDocuments } from './openDocuments'
import type { List, Lists, Plan } from './plan'
import type { Progress } from './report'
import type { ExportRequest } from './scope'
import { standing } from './standing'
import { turnsOf } from './turns'

const DAY_MS = 86_400_000
/** No clock is so far ahead of another. */
const AHEAD_MS = 2 * 3_600_000

/** Everything about the exports that have not ended, read at one moment. */
export interface Line extends LineState {
  /** Of the settings that it was read with. */
  fingerprint: string
  /** Stamp of the newest delivery, done or begun, of any export; 0 when none is known. */
  highWater: number
  requests: ReadonlyMap<string, ExportRequest>
  plans: ReadonlyMap<string, Plan>
  /** By export. */
  lists: ReadonlyMap<string, Lists>
  /** By export. */
  listings: ReadonlyMap<string, Listings>
  deliveries: readonly Delivery[]
}

/**
 * Reads the line: a fold over listings. Listings may be stale, so what this process itself wrote is
 * added to them.
 */
export class LineReader {
  private readonly written = new Map<Folder, Set<string>>()
  /** Nonces of lists and groups. */
  private readonly discarded = new Set<string>()
  private readonly open: OpenDocuments

  constructor(
    private readonly documents: Documents,
    private readonly clock: Clock
  ) {
    this.open = new OpenDocuments(documents, clock)
  }

  /** Remembers a document that this process wrote. */
  wrote(folder: Folder, name: string) {
    const names = this.written.get(folder) ?? new Set()
    this.written.set(folder, names.add(name))
  }

  /** A plan that this process made: a read may be behind by a moment. */
  planned(plan: Plan, path: string) {
    this.open.plans.set(path, plan)
    this.wrote('plans', path)
  }

  /** A list that this process made. */
  listed(list: List, path: string) {
    this.open.lists.set(path, list)
    this.wrote('lists', path)
  }

  /** A list or a group of which some documents are lost is none: its SKUs are listed anew. */
  discard(nonce: string) {
    this.discarded.add(nonce)
  }

  /**
   * @param fingerprint of the settings in force: what was read with others does not count
   * @throws {StateError}
   */
  async read(fingerprint: string): Promise<Line> {
    const [names, cancelled, setbacks, planNames] = await Promise.all([
      this.list('exports'),
      this.list('cancelled'),
      this.list('setbacks'),
      this.list('plans'),
    ])
    const requests = await this.open.requestsOf(this.notEnded(names))
    const now = this.clock.now()
    const [deliveries, plans] = await Promise.all([
      this.deliveriesIn(['']),
      this.open.plansInForce(requests, planNames, fingerprint),
    ])
    const listings = await this.listingsOf(plans)
    const lists = await this.open.listsOf(plans, listings)
    const highWater = pluck('stamp', deliveries).reduce(max, 0)
    const findings = {
      ...{ plans, lists, listings, deliveries, cancelled, coveredBy: covering(plans) },
      setbacks: setbacks.map(parseSetbackPath).filter((setback) => setback !== undefined),
    }
    const listed = [...listings.values()]
      .flatMap(values)
      .flatMap((listing) => listing?.groups ?? [])
    const open = new Set(pluck('exportId', requests))
    const planned = planNames.map(parsePlanPath).filter((plan) => plan !== undefined)
    return {
      now,
      fingerprint,
      exports: requests.map((request) => standing(request, fingerprint, findings)),
      recent: turnsOf({ deliveries, setbacks: findings.setbacks, plans: planned, listed }, (id) =>
        open.has(id)
      ),
      highWater,
      requests: new Map(requests.map((request) => [request.exportId, request])),
      plans,
      lists,
      listings,
      deliveries,
    }
  }

  /** Whether nothing was delivered since a reading began. @throws {StateError} */
  async stillDeliverable(part: PartName): Promise<boolean> {
    const days = daysBetween((part.after || part.stamp) - DAY_MS, this.clock.now() + AHEAD_MS)
    const [deliveries, cancelled] = await Promise.all([
      this.deliveriesIn(days.map((day) => `${day}/`)),
      this.documents.list('cancelled', part.exportId),
    ])
    return cancelled.length === 0 && isDeliverable(part, deliveries)
  }

  /** How far the SKUs of each plan were listed, by export. */
  private async listingsOf(plans: ReadonlyMap<string, Plan>): Promise<Map<string, Listings>> {
    const all = await Promise.all(
      [...plans].map(async ([exportId, { nonce }]) => {
        const paths = await this.list('lists', `${exportId}~${nonce}~`)
        const names = paths.map(parseListingPath).filter((name) => name !== undefined)
        return [exportId, listingsOf(names, this.discarded)] as const
      })
    )
    return new Map(all)
  }

  private notEnded(exportIds: readonly string[]): string[] {
    const ended = this.written.get('ended') ?? new Set()
    return exportIds.filter((exportId) => !ended.has(endedPath(exportId)))
  }

  private async deliveriesIn(prefixes: readonly string[]): Promise<Delivery[]> {
    const names = await Promise.all(prefixes.map((prefix) => this.list('delivered', prefix)))
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

/** How far an export got; undefined before it is planned. */
export function progressOf(line: Line, exportId: string): Progress | undefined {
  const plan = line.plans.get(exportId)
  const state = line.exports.find((each) => each.exportId === exportId)
  return plan && state && { plan, lists: line.lists.get(exportId) ?? {}, sources: state.sources }
}

/** @throws {StateError} where it is not, or not yet, there */
export function requestOf(line: Line, exportId: string): ExportRequest {
  const request = line.requests.get(exportId)
  if (!request) throw new StateError(`the request of ${exportId} cannot be read`)
  return request
}
