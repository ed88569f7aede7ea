import type { DeliveryWay } from '../delivery/delivery'
import { SupersededError } from '../delivery/delivery'
import { record } from '../ledger/record'
import { announce } from '../ledger/tellings'
import type { Settings } from '../settings/settings'
import type { SourceName } from '../sources/source'
import type { Lease } from '../state/lease'
import type { Engine } from './engine'
import { markOf } from './judging/unchanged'
import { type Line, type LineReader, requestOf } from './line'
import { type Delivery, deliveryPath, type PartName, type Range } from './names'
import { deliveryDocument, type Part, sharedIn } from './part'
import { Planning } from './planning'
import { Reading } from './reading'

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

  /** Reads a slice, delivers it and says so. @throws {SupersededError} where another worker went on */
  async read(
    line: Line,
    exportId: string,
    source: SourceName,
    range: Range,
    ms: number
  ): Promise<void> {
    const { clock, log } = this.engine
    const { dry } = requestOf(line, exportId)
    const begunAt = clock.now()
    if (!dry) await (await this.way()).connect()
    const left = ms - (clock.now() - begunAt)
    const { name, part } = await this.reading.read(line, exportId, source, range, left)
    const delivered = { ...name, zeroed: part.guarded, dry }
    const files = await this.hand(delivered, dry ? [] : part.offers)
    const document = deliveryDocument(part, files, this.engine.traffic(), clock.now(), dry)
    await this.say(delivered, true, document)
    if (!dry) await this.record(name, part)
    const { sent, held, failed, unmapped } = part.counts
    const [firstFile] = files
    const shown = {
      sent,
      held,
      failed,
      unmapped,
      files: files.length,
      ...(firstFile && { firstFile }),
    }
    log.info('part.delivered', { exportId, source, from: name.from, ...shown })
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
