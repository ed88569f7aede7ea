import type { Clock } from '../common/clock'
import { prefetch } from '../common/concurrency'
import type { Entry } from '../published/entry'
import type { LedgerView } from '../published/ledger'
import { soldSkus } from '../published/removedOffers'
import {
  CHANGING_SOURCES,
  isAskedOf,
  isSkuSource,
  type SkuSource,
  type SourceName,
  stockSourceOf,
} from '../sources/source'
import { readWritten, StateError } from '../state/documents'
import { type ListingName, listingNames } from './documentNames'
import { type ExportRequest, isOfHeld, isOfScope } from './exportRequest'
import { ChangedSkus, type Group, groupSchema, LONGEST_MS, listGroup } from './listing'
import type { StepContext } from './plan'
import { type List, type Plan, savePages, sortedIds } from './planDocuments'
import { findExport, planOf, type QueueSnapshot, requestOf, required } from './queue'
import { receiptsOf } from './receipts'
import { dueSkus } from './sellersRefresh'
import { listUnseenRows } from './unseenRows'

/** By export and source: the SKUs that it reads even if no list names them, and the sellers of their offers. */
export type SoldSkus = Map<string, Promise<{ ids: Float64Array; sellers: ReadonlySet<string> }>>

type WorklistContext = StepContext & { sold: SoldSkus }

/** The step that lists what an export reads of a source. */
interface WorklistStep extends Omit<WorklistContext, 'ledger'> {
  ledger: LedgerView
  queue: QueueSnapshot
  request: ExportRequest
  plan: Plan
  /** Of the first document that it saves. */
  name: ListingName
  /** The groups that were listed before. */
  groups: readonly ListingName[]
  /** How long it may list. */
  ms: number
}

/**
 * Lists the SKUs that an export asks a source for. Listing all of them may take several steps: each saves groups of
 * pages, after which the next one continues.
 * @param ms how long it may list
 */
export async function saveWorklist(
  around: WorklistContext,
  queue: QueueSnapshot,
  { exportId, source }: { exportId: string; source: SourceName },
  ms: number
): Promise<void> {
  if (!isSkuSource(source)) throw new StateError(`${source} has no worklist`)
  const { clock } = around.engine
  const [request, plan] = [requestOf(queue, exportId), planOf(queue, exportId)]
  const ledger = around.ledger.at(receiptsOf(queue.deliveries))
  const { newest = 0, groups = [] } = findExport(queue, exportId)?.listings[source] ?? {}
  const name: ListingName = {
    ...{ exportId, source, plan: plan.uniqueId },
    ...placeAfter(clock, newest, groups.at(-1)?.uniqueId),
  }
  const step = { ...around, ledger, queue, request, plan, name, groups, ms }
  if (source === 'centraRows') return listUnseen(step)
  if (source === 'sellersRefresh') return listRefresh(step)
  return plan.everything ? listAll(step, source) : listChanged(step)
}

/** In a name: later than the newest document, and the group that listing continues after. */
function placeAfter(clock: Clock, newest: number, after: string | undefined) {
  return { at: Math.max(clock.now(), newest + 1), after, uniqueId: clock.uniqueId() }
}

async function listUnseen(step: WorklistStep): Promise<void> {
  const { engine, settings, ledger, queue, name } = step
  const { skuIds, withheld } = await listUnseenRows(engine, ledger, queue, name.exportId, settings)
  await save(step, Float64Array.from(skuIds), { consumes: [], withheld })
}

async function listRefresh(step: WorklistStep): Promise<void> {
  const { engine, settings, ledger, plan, ms } = step
  const refresh = required(plan.refresh, plan.exportId)
  const isAsked = isAskedOf(settings, 'sellers')
  const deadline = engine.clock.now() + Math.min(ms, LONGEST_MS)
  const isOver = () => engine.clock.now() >= deadline
  const due = await dueSkus(ledger, refresh, settings, plan.startedAt, isAsked, isOver)
  await save(step, Float64Array.from(due.ids), { consumes: [], refreshed: due.refreshed })
}

/** Saves the worklist of all sources at once: the changed SKUs are the same for each. */
async function listChanged(step: WorklistStep): Promise<void> {
  const { engine, queue, request, plan, ledger } = step
  const changed = new ChangedSkus(engine, plan.startedAt)
  const isAsked = isAskedFor(step)
  const isHeld = (entry: Entry, skuId: number) =>
    isAsked(entry) && entry.heldAt !== undefined && isOfScope(request, skuId, entry.sellerId)
  const withHeld = request.force || isOfHeld(request)
  async function* all() {
    yield* changed.of(request)
    // Held offers need not be among the changed SKUs.
    if (withHeld) yield* soldSkus(ledger, isHeld)
  }
  const sorted = await sortedIds(all(), request.scope.startId)
  const listed = findExport(queue, plan.exportId)?.lists ?? {}
  const left = CHANGING_SOURCES.filter((each) => plan.sources.includes(each) && !listed[each])
  await save(step, sorted, changed.found, withHeld ? undefined : left)
}

async function listAll(step: WorklistStep, source: (typeof CHANGING_SOURCES)[number]) {
  const { engine, settings, request, plan, name } = step
  const { exportId } = name
  const sources = engine.sources(request, settings, () => engine.clock.now())
  const finding = soldOf(step)
  const listed = await listToEnd(step, required(sources[source], exportId))
  if (!listed) return
  const { groups, last } = listed
  const sold = await finding
  step.sold.delete(keyOf(name))
  const changed = new ChangedSkus(engine, plan.startedAt)
  const sellers = new Set(last.sellers)
  async function* all() {
    yield last.ids
    for await (const before of prefetch(groups, (each) => groupOf(step, each))) {
      for (const sellerId of before.sellers) sellers.add(sellerId)
      yield before.ids
    }
    if (request.route === 'update') yield* changed.pending()
    // Offers that no listing names are read too: the source says whether they were removed.
    yield sold.ids
  }
  const sorted = await sortedIds(all(), request.scope.startId)
  const unmet = request.force ? [] : [...sold.sellers].filter((each) => !sellers.has(each))
  const registered = unmet.length > 0 ? await sources.direct.sellers() : undefined
  const withheld = unmet.filter((sellerId) => registered?.get(sellerId)?.isActive !== false)
  await save({ ...step, name: listed.name }, sorted, { ...changed.found, withheld })
}

/**
 * Lists groups of pages for as long as the step may last, and saves each while VTEX lists the next one.
 * @returns the groups before the last one, which is not saved; undefined where the step is over before the end
 */
async function listToEnd(step: WorklistStep, asked: SkuSource) {
  const { engine, reader, ms } = step
  const { clock, log } = engine
  const deadline = clock.now() + Math.min(ms, LONGEST_MS)
  const groups = [...step.groups]
  const newest = groups.at(-1)
  const from = newest && (await groupOf(step, newest)).next
  let last = await listGroup(engine, asked, from, ms)
  let { name } = step
  while (last.next) {
    const number = groups.length
    groups.push({ ...name, number })
    const left = deadline - clock.now()
    const [following] = await Promise.all([
      left > 0 ? listGroup(engine, asked, last.next, left) : undefined,
      reader.save('worklists', listingNames.build({ ...name, number }), { v: 1, ...last }),
    ])
    const { exportId, source } = name
    log.info('export.listing', { exportId, source, number, skus: last.ids.length })
    if (!following) return undefined
    last = following
    name = { ...name, ...placeAfter(clock, name.at, name.uniqueId) }
  }
  return { groups, last, name }
}

const keyOf = ({ exportId, source }: ListingName) => `${exportId}/${source}`

/** Finds them while VTEX lists, once in a run: both take their time where there are many. */
function soldOf(step: WorklistStep) {
  const key = keyOf(step.name)
  const sellers = new Set<string>()
  const find = async () => {
    return { ids: await sortedIds(soldSkus(step.ledger, isAskedFor(step), sellers)), sellers }
  }
  const finding = step.sold.get(key) ?? find()
  step.sold.set(key, finding)
  // The step that needs them finds them again.
  finding.catch(() => step.sold.delete(key))
  return finding
}

/** Whether the source is asked for an offer of the ledger. */
function isAskedFor({ settings, request, name }: WorklistStep) {
  const isAsked = isAskedOf(settings, stockSourceOf(name.source), request.scope.sellerId)
  return ({ sellerId }: Entry) => isAsked(sellerId)
}

function groupOf({ engine, reader }: WorklistStep, name: ListingName): Promise<Group> {
  const read = readWritten(engine, 'worklists', listingNames.build(name), groupSchema)
  return reader.open.reading(name.uniqueId, read)
}

async function save(
  { engine, reader, name }: WorklistStep,
  ids: Float64Array,
  found: Omit<List, 'uniqueId' | 'total' | 'firstIds'>,
  sources: readonly SourceName[] = [name.source]
): Promise<void> {
  const { exportId, uniqueId } = name
  const list = await savePages(engine.documents, exportId, { uniqueId, ...found }, ids)
  for (const source of sources) {
    const path = listingNames.build({ ...name, source })
    await engine.documents.save('worklists', path, { v: 1, ...list })
    reader.open.listed(list, path)
    engine.log.info('export.listed', { exportId, source, skus: list.total })
  }
}
