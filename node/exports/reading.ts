import { fingerprint as fingerprintOf, type Settings } from '../settings/settings'
import { isSkuSource, type SkuSourceName, type SourceName } from '../sources/source'
import { StateError } from '../state/documents'
import { cursorAt } from './deliveries'
import type { Engine } from './engine'
import { type Line, type LineReader, requestOf } from './line'
import { basisOf, type PartName, partPath, type Range } from './names'
import { readPages } from './pages'
import type { Part } from './part'
import { type List, listedIds, type Plan } from './plan'
import { LostDocumentError } from './readSaved'
import { modifications } from './selection'
import { readSlice } from './slice'
import { markOf, withoutUnchanged } from './unchanged'

/** When the reading of a slice began, and what was known then. */
interface Beginning {
  exportId: string
  after: number
  stamp: number
  /** UTC milliseconds, never before the beginning. */
  now: () => number
  /** UTC milliseconds. */
  deadline: number
}

type Written = Pick<PartName, 'from' | 'to' | 'basis'> & { part: Part }

/** The step that reads a slice and saves what it found. Delivering is another: it is done from the document. */
export class Reading {
  constructor(
    private readonly engine: Engine,
    private readonly reader: LineReader,
    private readonly settings: Settings,
    private readonly worker: string
  ) {}

  /**
   * @param ms how long reading may take
   * @throws {UpstreamError} {@link LostDocumentError} {@link StateError}
   */
  async read(
    line: Line,
    exportId: string,
    source: SourceName,
    range: Range,
    ms: number
  ): Promise<void> {
    const { documents, clock, log } = this.engine
    const after = line.highWater
    // Clocks of machines differ: what is read knowing of a delivery is later than it, whatever the clock says.
    const stamp = Math.max(clock.now(), after + 1)
    const now = () => Math.max(clock.now(), stamp)
    const beginning = { exportId, after, stamp, now, deadline: now() + ms }
    const { part: whole, ...written } = isSkuSource(source)
      ? await this.skus(line, source, range, beginning)
      : await this.pages(line, range, beginning)
    const request = requestOf(line, exportId)
    const part = await withoutUnchanged(this.engine, line, request, whole, {
      ...{ source, mark: markOf(this.settings, this.engine) },
      ...{ worker: this.worker, told: this.reader.told },
    })
    const name = { exportId, source, after, stamp, nonce: clock.nonce(), ...written }
    await documents.save('parts', partPath(name), part)
    this.reader.wrote('parts', partPath(name))
    const { skus, counts } = part
    log.info('part.saved', { exportId, source, from: name.from, read: skus, failed: counts.failed })
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
    const { [source]: asked } = this.sources(line, beginning)
    if (!asked || !list) throw new StateError(`the list of ${exportId} cannot be read`)
    const { ids, modified, to: end } = await this.listed(exportId, list, range)
    const slice = {
      ids,
      ...(plan.everything && { modifiedAt: await this.modifiedAt(plan, modified) }),
    }
    const { part, to } = await readSlice(asked, this.settings, slice, end, deadline, now)
    return { part, from: range.from, to, basis: this.basis(plan, list) }
  }

  private async listed(exportId: string, list: List, range: Range) {
    try {
      return await listedIds(this.engine, exportId, list, range, this.engine.mostSkus)
    } catch (thrown) {
      if (thrown instanceof LostDocumentError) this.reader.forsake(list)
      throw thrown
    }
  }

  private async pages(line: Line, range: Range, beginning: Beginning): Promise<Written> {
    const { exportId, now, deadline } = beginning
    const plan = planOf(line, exportId)
    const { centra } = this.sources(line, beginning)
    const selection = plan.centra
    if (!centra || !selection) throw new StateError(`the plan of ${exportId} cannot be read`)
    const cursor = await cursorAt(this.engine, line, exportId, range.from)
    // Where it is not known any more how far they were read, pages are read from the first on.
    const from = cursor ? range.from : 0
    const slice = { selection, from, cursor, mostRows: this.engine.mostSkus, deadline }
    const { part, to } = await readPages(centra, this.settings, slice, now)
    return { part, from, to, basis: this.basis(plan) }
  }

  private sources(line: Line, { exportId, now }: Beginning) {
    return this.engine.sources(requestOf(line, exportId), this.settings, now)
  }

  private basis(plan: Plan, list?: List) {
    return basisOf(fingerprintOf(this.settings), plan, list)
  }

  /** What the list knows of modified SKUs, and what was reported since. */
  private async modifiedAt({ startedAt }: Plan, listed: ReadonlyMap<number, number>) {
    const { documents, clock } = this.engine
    const since = await modifications(documents, startedAt, clock.now())
    return (skuId: number) => Math.max(listed.get(skuId) ?? 0, since.at(skuId))
  }
}

function planOf(line: Line, exportId: string): Plan {
  const plan = line.plans.get(exportId)
  if (!plan) throw new StateError(`the plan of ${exportId} cannot be read`)
  return plan
}
