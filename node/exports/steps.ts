import type { DeliveryWay } from '../delivery/delivery'
import { SupersededError } from '../delivery/delivery'
import { record } from '../ledger/record'
import { announce } from '../ledger/tellings'
import type { Settings } from '../settings/settings'
import type { Lease } from '../state/lease'
import type { Engine } from './engine'
import { markOf } from './judging/unchanged'
import { type Line, type LineReader, requestOf } from './line'
import { type Delivery, deliveryPath, type PartName, partPath } from './names'
import { deliveryDocument, type Part, partSchema, sharedIn } from './part'
import { Planning } from './planning'
import { Reading } from './reading'
import { LostDocumentError, readSaved } from './readSaved'

/** A part with what its name says once it is delivered. */
type Handed = PartName & Pick<Delivery, 'zeroed' | 'dry'>

/** The steps of an export. Each leaves a document; a step that left none is simply taken again. */
export class Steps {
  readonly planning: Planning
  readonly reading: Reading

  constructor(
    private readonly engine: Engine,
    private readonly reader: LineReader,
    private readonly lease: Lease,
    private readonly settings: Settings,
    private readonly way: () => Promise<DeliveryWay>
  ) {
    this.planning = new Planning(engine, reader, settings)
    this.reading = new Reading(engine, reader, settings, lease.owner)
  }

  /** Delivers a saved part and says so. @throws {SupersededError} where another worker went on */
  async deliver(line: Line, name: PartName): Promise<void> {
    const { clock, log } = this.engine
    const part = await this.savedPart(name)
    if (!part) return
    const { dry } = requestOf(line, name.exportId)
    const delivered = { ...name, zeroed: part.guarded, dry }
    const files = await this.hand(delivered, dry ? [] : part.offers)
    const document = deliveryDocument(part, files, this.engine.traffic(), clock.now())
    await this.say(delivered, true, document)
    if (!dry) await this.record(name, part)
    const { sent, held, failed, unmapped } = part.counts
    log.info('part.delivered', {
      exportId: name.exportId,
      sent,
      held,
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

  /** Hands offers over if the line is still this worker's: also where there are none, or two would go on. */
  private async hand(name: Handed, offers: Part['offers']): Promise<string[]> {
    const mayCommit = async () =>
      (await this.lease.isMine()) && (await this.reader.stillDeliverable(name))
    if (!(await mayCommit())) throw new SupersededError()
    if (offers.length === 0) return []
    await announce(this.engine.documents, tellingOf(name, offers))
    // Should this worker die or freeze over the delivery, the others know that its files may come.
    await this.say(name, false, { v: 1 })
    return (await this.way()).deliver({ stamp: name.stamp, offers }, mayCommit)
  }

  /** Whoever has not got the line any more may have been late, and is not to say what Intershop holds. */
  private async record(name: PartName, part: Part): Promise<void> {
    const { offers, held, released } = part
    const shared = sharedIn(part)
    const isNothing = [offers, held, shared, released].every(({ length }) => length === 0)
    if (isNothing || !(await this.lease.isMine())) return
    const telling = tellingOf(name, offers)
    const mark = markOf(this.settings, this.engine)
    for (const skuId of telling.skuIds) this.reader.told.add(skuId)
    const told = { telling, stamp: name.stamp, offers, held, shared, released, mark }
    await record(this.engine.documents, told)
  }

  private async say(name: Handed, done: boolean, document: unknown) {
    const path = deliveryPath({ ...name, worker: this.lease.owner, done })
    await this.engine.documents.save('delivered', path, document)
    this.reader.wrote('delivered', path)
  }
}

const tellingOf = ({ stamp, nonce }: PartName, offers: Part['offers']) => ({
  name: `${stamp}~${nonce}`,
  skuIds: [...new Set(offers.map(({ skuId }) => skuId))],
})
