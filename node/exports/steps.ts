import type { DeliveryWay } from '../delivery/delivery'
import { SupersededError } from '../delivery/delivery'
import { fingerprint as fingerprintOf, type Settings } from '../settings/settings'
import { TRUSTED_MS } from '../sources/contexts'
import { StateError } from '../state/documents'
import type { Lease } from '../state/lease'
import { forgetOtherBaselines } from './baseline'
import { coverable } from './covering'
import type { Engine } from './engine'
import type { Line, LineReader } from './line'
import { basisOf, deliveryPath, type PartName, partPath, planPath, type Range } from './names'
import { deliveryDocument, type Part, partSchema } from './part'
import { type Plan, plannedIds, savePlan, sortedIds } from './plan'
import { LostDocumentError, readSaved } from './readSaved'
import type { ExportRequest } from './scope'
import { modifications, select } from './selection'
import { readSlice } from './slice'

/** The steps of an export. Each leaves a document; a step that left none is simply taken again. */
export class Steps {
  constructor(
    private readonly engine: Engine,
    private readonly reader: LineReader,
    private readonly lease: Lease,
    private readonly settings: Settings,
    private readonly way: () => Promise<DeliveryWay>
  ) {}

  /** Reads the SKU ids of an export and saves them, sorted. */
  async plan(line: Line, exportId: string): Promise<void> {
    const { documents, clock, log } = this.engine
    const request = requestOf(line, exportId)
    const startedAt = clock.now()
    const fingerprint = fingerprintOf(this.settings)
    const source = this.engine.source(request, this.settings, () => clock.now())
    const around = { documents, line, source, fingerprint, now: startedAt }
    const selection = await select(request, around)
    const ids = await sortedIds(selection.ids, request.scope.startId)
    const { everything, consumes, notes } = selection
    const modifiedAt = everything
      ? await modifications(documents, startedAt - TRUSTED_MS, startedAt)
      : () => 0
    const nonce = clock.nonce()
    const path = planPath(exportId, fingerprint, nonce)
    const covers = coverable(line, exportId)
    await forgetOtherBaselines(documents, fingerprint)
    const plan = { exportId, nonce, startedAt, covers, everything, consumes, notes }
    this.reader.planned(await savePlan(documents, plan, ids, modifiedAt, path), path)
    log.info('export.planned', { exportId, skus: ids.length, everything, covers: covers.length })
  }

  /**
   * Reads a slice and saves what it found. Delivering is another step: it is done from the document.
   * @param ms how long reading may take
   */
  async read(line: Line, exportId: string, range: Range, ms: number): Promise<void> {
    const { documents, clock, log } = this.engine
    const plan = line.plans.get(exportId)
    if (!plan) throw new StateError(`the plan of ${exportId} cannot be read`)
    const after = line.highWater
    // Clocks of machines differ: what is read knowing of a delivery is later than it, whatever the clock says.
    const stamp = Math.max(clock.now(), after + 1)
    const now = () => Math.max(clock.now(), stamp)
    const source = this.engine.source(requestOf(line, exportId), this.settings, now)
    const {
      ids,
      modified,
      to: end,
    } = await plannedIds(this.engine, plan, range, this.engine.mostSkus)
    const slice = {
      ids,
      ...(plan.everything && { modifiedAt: await this.modifiedAt(plan, modified) }),
    }
    const { part, to } = await readSlice(source, this.settings, slice, end, now() + ms, now)
    const basis = basisOf(fingerprintOf(this.settings), plan)
    const name = { exportId, from: range.from, to, after, stamp, basis, nonce: clock.nonce() }
    await documents.save('parts', partPath(name), part)
    this.reader.wrote('parts', partPath(name))
    log.info('part.saved', {
      exportId,
      from: name.from,
      skus: part.skus,
      failed: part.counts.failed,
    })
  }

  /** What the plan knows of modified SKUs, and what was reported since. */
  private async modifiedAt({ startedAt }: Plan, planned: ReadonlyMap<number, number>) {
    const { documents, clock } = this.engine
    const since = await modifications(documents, startedAt, clock.now())
    return (skuId: number) => Math.max(planned.get(skuId) ?? 0, since(skuId))
  }

  /** Delivers a saved part and says so. @throws {SupersededError} where another worker went on */
  async deliver(line: Line, name: PartName): Promise<void> {
    const { clock, log } = this.engine
    const part = await this.savedPart(name)
    if (!part) return
    const files = requestOf(line, name.exportId).dry ? [] : await this.hand(name, part)
    await this.say(name, true, deliveryDocument(part, files, this.engine.traffic(), clock.now()))
    const { sent, failed, unmapped } = part.counts
    log.info('part.delivered', {
      exportId: name.exportId,
      sent,
      failed,
      unmapped,
      files: files.length,
      ...(files[0] && { firstFile: files[0] }),
    })
  }

  /** Undefined where the document is lost: then what it told of is read again. */
  private async savedPart(name: PartName): Promise<Part | undefined> {
    try {
      return await readSaved(this.engine, 'parts', partPath(name), partSchema)
    } catch (thrown) {
      if (!(thrown instanceof LostDocumentError)) throw thrown
      const { exportId, from } = name
      this.engine.log.warn('part.lost', { exportId, from, reason: thrown.message })
      this.reader.disregard(name)
      return undefined
    }
  }

  private async hand(name: PartName, { offers }: Part): Promise<string[]> {
    const mayCommit = async () =>
      (await this.lease.isMine()) && (await this.reader.stillDeliverable(name))
    if (!(await mayCommit())) throw new SupersededError()
    if (offers.length === 0) return []
    // Should this worker die or freeze over the delivery, the others know that its files may come.
    await this.say(name, false, { v: 1 })
    return (await this.way()).deliver({ stamp: name.stamp, offers }, mayCommit)
  }

  private async say(name: PartName, done: boolean, document: unknown) {
    const path = deliveryPath({ ...name, worker: this.lease.owner, done })
    await this.engine.documents.save('delivered', path, document)
    this.reader.wrote('delivered', path)
  }
}

function requestOf(line: Line, exportId: string): ExportRequest {
  const request = line.requests.get(exportId)
  if (!request) throw new StateError(`the request of ${exportId} cannot be read`)
  return request
}
