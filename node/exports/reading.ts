import type { LedgerView, Published } from '../published/ledger'
import { withRemoved } from '../published/removedOffers'
import { isAskedOf } from '../settings/sellers'
import { type Settings, settingsHashOf } from '../settings/settings'
import { isSkuSource, type SkuSourceName, type SourceName, type Sources } from '../sources/source'
import { StateError } from '../state/documents'
import { cursorAt } from './deliveries'
import type { Engine } from './engine'
import { type Judging, judge } from './judging/judge'
import { type Line, type LineReader, requestOf } from './line'
import { basisOf, type PartName, type Range } from './names'
import { readPages } from './pages'
import type { Part } from './part'
import { type List, listedIds, type Plan } from './plan'
import { LostDocumentError } from './readSaved'
import { readSlice } from './slice'
import { withoutUnknown } from './unknown'
import { unseenRowsSource } from './unseenRows'

/** When the reading of a slice began, and what was known then. */
interface Beginning {
  exportId: string
  after: number
  stamp: number
  /** UTC milliseconds, never before the beginning. */
  now: () => number
  /** UTC milliseconds. */
  deadline: number
  sources: Sources
  ledger: LedgerView
}

type Written = Pick<PartName, 'from' | 'to' | 'basis'> & {
  part: Part
  /** What else it is judged by. */
  around: Pick<Judging, 'withheld' | 'changedAt' | 'published'>
}

/** Reads a slice. */
export class Reading {
  constructor(
    private readonly engine: Engine,
    private readonly reader: LineReader,
    private readonly settings: Settings
  ) {}

  /**
   * @param ledger what Intershop was sent by the batches of `line`
   * @param isWhole whether the ledger surely has all that was sent
   * @param ms how long reading may take
   * @throws {UpstreamError} {@link LostDocumentError} {@link StateError}
   */
  async read(
    line: Line,
    exportId: string,
    source: SourceName,
    range: Range,
    { ledger, isWhole, ms }: { ledger: LedgerView; isWhole: boolean; ms: number }
  ): Promise<{ name: PartName; part: Part }> {
    const { clock } = this.engine
    const after = line.highWater
    // Clocks of machines differ: what is read knowing of a delivery is later than it, whatever the clock says.
    const stamp = Math.max(clock.now(), after + 1)
    const now = () => Math.max(clock.now(), stamp)
    const request = requestOf(line, exportId)
    const sources = this.engine.sources(request, this.settings, now)
    const beginning = { exportId, after, stamp, now, deadline: now() + ms, sources, ledger }
    const {
      part: whole,
      around,
      ...written
    } = isSkuSource(source)
      ? await this.skus(line, source, range, beginning)
      : await this.pages(line, range, beginning)
    const part = await judge(this.engine, whole, {
      ...{ line, request, settings: this.settings, direct: sources.direct, ledger },
      centraRows: sources.centra?.rows,
      // Whoever asks for anything else than what changed wants it sent.
      leavesOut: isWhole && request.route === 'update' && !planOf(line, exportId).everything,
      ...around,
    })
    const name = { exportId, source, after, stamp, nonce: clock.uniqueId(), ...written }
    return { name, part }
  }

  private async skus(
    line: Line,
    source: SkuSourceName,
    range: Range,
    beginning: Beginning
  ): Promise<Written> {
    const { exportId, now, deadline } = beginning
    const plan = planOf(line, exportId)
    const list = line.lists.get(exportId)?.[source]
    if (!list) throw new StateError(`the list of ${exportId} cannot be read`)
    const { ids, to: end } = await this.listed(exportId, list, range)
    const published = await beginning.ledger.of(ids)
    const asked = await this.asked(line, source, { list, published }, beginning)
    const index = plan.everything ? await this.engine.changeIndex() : undefined
    const slice = { ids, ...(index && { modifiedAt: index.modifiedAt }) }
    const { part, to } = await readSlice(asked, this.settings, slice, end, deadline, now)
    const around = { published, withheld: new Set(list.withheld), changedAt: index?.changedAt }
    return { part, around, from: range.from, to, basis: this.basis(plan, list) }
  }

  private async asked(
    line: Line,
    source: SkuSourceName,
    { list, published }: { list: List; published: Published },
    { exportId, now, sources }: Beginning
  ) {
    const { engine, settings } = this
    if (source === 'centraRows') {
      const withheld = new Set(list.withheld)
      const around = { sources, settings, now, published, withheld }
      return unseenRowsSource(engine, line, exportId, around)
    }
    const { [source]: asked } = sources
    if (!asked) throw new StateError(`the plan of ${exportId} cannot be read`)
    const { sellerId: only } = requestOf(line, exportId).scope
    const isAsked = isAskedOf(settings, source, only)
    const { skuDetails } = sources.direct
    const removing = withRemoved(asked, { published, isAsked, skuDetails, now })
    if (!list.unverified) return removing
    return withoutUnknown(removing, published, new Set(list.unverified), sources.direct)
  }

  private async listed(exportId: string, list: List, range: Range) {
    try {
      return await listedIds(this.engine, exportId, list, range, this.engine.mostSkus)
    } catch (thrown) {
      if (thrown instanceof LostDocumentError) this.reader.discard(list.nonce)
      throw thrown
    }
  }

  private async pages(line: Line, range: Range, beginning: Beginning): Promise<Written> {
    const { exportId, now, deadline, sources } = beginning
    const plan = planOf(line, exportId)
    const { centra } = sources
    const selection = plan.centra
    if (!centra || !selection) throw new StateError(`the plan of ${exportId} cannot be read`)
    const cursor = await cursorAt(this.engine, line, exportId, range.from)
    // Where it is not known any more how far they were read, pages are read from the first on.
    const from = cursor ? range.from : 0
    const slice = { selection, from, cursor, mostRows: this.engine.mostSkus, deadline }
    const { part, to } = await readPages(centra, this.settings, slice, now)
    const skuIds = [...part.offers, ...part.unmapped].flatMap(({ skuId }) => skuId ?? [])
    const published = await beginning.ledger.of(skuIds)
    const around = { published, withheld: new Set<string>() }
    return { part, around, from, to, basis: this.basis(plan) }
  }

  private basis(plan: Plan, list?: List) {
    return basisOf(settingsHashOf(this.settings), plan, list)
  }
}

function planOf(line: Line, exportId: string): Plan {
  const plan = line.plans.get(exportId)
  if (!plan) throw new StateError(`the plan of ${exportId} cannot be read`)
  return plan
}
