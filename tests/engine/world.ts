import { changeIndexOf } from '../../node/changes/changeIndex'
import { saveReported } from '../../node/changes/notification'
import { publisherOf } from '../../node/delivery/publishers'
import { saveCheckpoint } from '../../node/exports/checkpoints'
import { endedPath } from '../../node/exports/documentNames'
import type { Dependencies, WorkEvent } from '../../node/exports/engine'
import type { Scope } from '../../node/exports/exportRequest'
import type { Report } from '../../node/exports/report'
import { work } from '../../node/exports/worker'
import { enqueue } from '../../node/handlers/startExport'
import { parseSettings, type Settings } from '../../node/settings/settings'
import { seededRandom } from '../../sandbox/common/random'
import { CENTRA_SELLER, ModelCentra } from './centra'
import { type Letter, ModelCourier, nobody } from './courier'
import { ModelIcm } from './icm'
import { ModelIntershop } from './intershop'
import type { Nature } from './nature'
import { type Actor, Scheduler } from './scheduler'
import { ModelSellers, OTHER_SELLER } from './sellers'
import { ModelShop } from './shop'
import { ModelVBase } from './vbase'

const form = {
  sftpHost: 'drop',
  sftpUser: 'vtex',
  sftpPassword: 'secret',
  unlimitedQuantity: 0,
  ...{ centraUrl: 'https://shop.centra.com/api/erp', centraToken: 'token' },
  ...{ centraSellerId: CENTRA_SELLER, centraTimeZone: 'UTC' },
  // SKUs that sell out again and again are nothing unusual here.
  maxNewlyZeroPercent: 100,
  iomShopId: 'shop',
  ...{ icmUrl: 'https://shop.intershop.de', icmSite: 'shop', icmOrganization: 'shop' },
  ...{ icmUser: 'vtex', icmPassword: 'secret', icmUnit: 'shop', icmDomain: 'shop' },
  iomSuppliers: `1=own,${CENTRA_SELLER}=supplier,${OTHER_SELLER}=supplier`,
}
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** VTEX, VBase, courier and Intershop around the engine, as one model with a time of its own. */
export class World {
  readonly scheduler: Scheduler
  readonly vbase: ModelVBase
  readonly intershop: ModelIntershop
  readonly icm: ModelIcm
  readonly shop: ModelShop
  readonly centra: ModelCentra
  readonly sellers: ModelSellers
  readonly courier: ModelCourier
  readonly accepted: string[] = []
  /** What each offer's quantity was when the last export of everything was accepted. */
  atLastAccept = new Map<string, number>()
  /** How far the clocks of workers that start from now on are ahead, in milliseconds; by chance where undefined. */
  skew: number | undefined
  private readonly random: () => number
  private readonly settings: Settings
  private posts = 0
  private names = 0

  constructor(readonly nature: Nature) {
    this.random = seededRandom(nature.seed)
    this.settings = parseSettings({
      ...form,
      sellersRefreshMinutes: nature.refreshMinutes ?? 0,
      ...(nature.delivery && { delivery: nature.delivery }),
    })
    this.scheduler = new Scheduler(nature.stepMs)
    this.intershop = new ModelIntershop(this.scheduler)
    this.icm = new ModelIcm(this.scheduler, this.intershop)
    this.vbase = new ModelVBase(this.scheduler, { ...nature, random: this.random })
    this.shop = new ModelShop(nature.skus, this.scheduler, nature.repeats)
    this.centra = new ModelCentra(
      this.shop.skuIds,
      this.scheduler,
      nature.skewMs,
      nature.repeats,
      (skuId) => (this.shop.gone.has(skuId) ? undefined : this.shop.refIds.get(skuId))
    )
    this.sellers = new ModelSellers(this.shop, this.scheduler, nature.repeats)
    this.courier = new ModelCourier(
      this.scheduler,
      nature,
      this.random,
      () => this.actor(),
      (letter, worker) => this.handle(letter, worker)
    )
  }

  /** The app was installed long ago: changes are recorded. */
  async install(): Promise<void> {
    const noted = saveCheckpoint(this.vbase.as(nobody), {
      kind: 'changeLogStart',
      at: this.scheduler.now - 3_600_000,
      ...{ settingsHash: 'any', exportId: 'any' },
    })
    while (await this.scheduler.takeOne(0));
    await noted
  }

  /** SKUs are sold or restocked, and VTEX tells of each. */
  change(choice: number) {
    this.notify(this.shop.change(choice))
  }

  /** References change, and VTEX tells of each SKU. */
  rename(choice: number) {
    this.notify(this.shop.rename(choice))
  }

  private notify(skuIds: readonly number[]) {
    for (const skuId of skuIds) {
      const at = this.scheduler.now + Math.round(this.random() * this.nature.lateMs)
      const letter = { changed: [skuId] }
      this.scheduler.step(nobody, 'notification', () => this.courier.post(letter), at)
    }
  }

  /** Somebody posts an export. It is accepted once the answer went out. */
  post(route: 'export' | 'update' | 'time', scope: Scope = {}, dryRun = false, verify?: true) {
    // Each further export would make good what an earlier one did wrong; a dry one makes nothing good.
    if (!dryRun && ++this.posts > this.nature.mostPosts) return
    const actor = this.actor()
    const before = this.offers()
    const documents = this.vbase.as(actor)
    const now = () => this.scheduler.now
    const requestRun = (event: WorkEvent) => this.courier.send(actor, { work: event }, 'first wake')
    const resumeQueueIfStalled = async () => undefined
    const manner = { dry: dryRun, dryRun, force: false, verify }
    enqueue(
      { documents, log: silent, requestRun, resumeQueueIfStalled, now },
      route,
      scope,
      manner
    ).then(
      ({ exportId }) => {
        this.accepted.push(exportId)
        if (route === 'export' && !dryRun) this.atLastAccept = before
      },
      () => undefined
    )
  }

  /** A process dies; courier, where it had no answer from it, will deliver its event again. */
  kill(actor: Actor | undefined) {
    if (!actor || actor === nobody) return
    actor.alive = false
    this.courier.died(actor)
  }

  killWorkers() {
    for (const worker of this.courier.workers) this.kill(worker)
  }

  freeze(actor: Actor | undefined, ms: number) {
    if (actor && actor !== nobody) actor.frozenUntil = this.scheduler.now + ms
  }

  /** Its last step goes on its way and nobody ever learns what came of it. */
  killSoon(actor: Actor) {
    this.freeze(actor, 20_000)
    this.scheduler.step(nobody, 'death', () => this.kill(actor), this.scheduler.now + 10_000)
  }

  /** The next to come to the step of this name is struck. */
  trap(name: string, strike: (actor: Actor) => void) {
    this.scheduler.onStep = (actor, step) => {
      if (step !== name || actor === nobody) return
      this.scheduler.onStep = () => undefined
      strike(actor)
    }
  }

  get isAnybodyFrozen(): boolean {
    return this.scheduler.actors.some(({ frozenUntil }) => frozenUntil > this.scheduler.now)
  }

  /** Anybody who has something left to do. */
  somebody(choice: number): Actor | undefined {
    const { actors } = this.scheduler
    return actors[choice % Math.max(1, actors.length)]
  }

  /** The schedule, or any POST, wakes a line whose event courier lost. */
  wake() {
    this.courier.post({ work: { v: 1, id: `wake${++this.names}` } })
  }

  /** What can be sold now, by offer SKU; nothing of those that offers share. */
  offers(): Map<string, number> {
    const all = this.named()
    const shared = this.shared()
    return new Map(all.filter(([name]) => !shared.has(name)))
  }

  /** The names that more than one offer would have. */
  shared(): ReadonlySet<string> {
    const met = new Set<string>()
    const again = this.named().filter(([name]) => met.size === met.add(name).size)
    return new Set(again.map(([name]) => name))
  }

  private nameOf(skuId: number, sellerId = '1') {
    const name = this.shop.refIds.get(skuId)?.trim() ?? ''
    return sellerId === '1' ? name : `${name}_${sellerId}`
  }

  private named(): Array<readonly [string, number]> {
    const own = [...this.shop.stock].map(
      ([skuId, quantity]) => [this.nameOf(skuId), quantity] as const
    )
    const centra = [...this.centra.rows.values()]
      .filter(({ skuId }) => !this.shop.gone.has(skuId))
      .map(({ skuId, quantity }) => [this.nameOf(skuId, CENTRA_SELLER), quantity] as const)
    const others = this.sellers.skuIds.map(
      (skuId) => [this.nameOf(skuId, OTHER_SELLER), this.sellers.quantity(skuId)] as const
    )
    return [...own, ...centra, ...others]
  }

  /** The offers that changed since the start. */
  changed(): string[] {
    const rows = [...this.centra.changed].map((id) => this.centra.rows.get(id)?.skuId)
    const others = this.sellers.skuIds.filter((skuId) => this.shop.changed.has(skuId))
    return [
      ...[...this.shop.changed].map(String),
      ...rows.map((id) => `${id}_${CENTRA_SELLER}`),
      ...others.map((id) => `${id}_${OTHER_SELLER}`),
    ]
  }

  /** The offers of which something changed that VTEX did not tell. */
  unreported(): ReadonlySet<string> {
    const skuIds = [...this.sellers.unreported.keys()]
    return new Set(skuIds.map((skuId) => this.nameOf(skuId, OTHER_SELLER)))
  }

  report(exportId: string) {
    return this.vbase.document('ended', endedPath(exportId)) as Report | null
  }

  get open(): string[] {
    return this.accepted.filter((exportId) => this.report(exportId) === null)
  }

  private actor(): Actor {
    const skew = this.skew ?? Math.round((this.random() - 0.5) * this.nature.skewMs)
    return { alive: true, frozenUntil: 0, skew }
  }

  private async handle(letter: Letter, worker: Actor): Promise<'done' | 'again'> {
    if ('work' in letter) {
      return work(this.engine(worker), letter.work)
    }
    const reported = letter.changed.map((skuId) => ({ skuId, modified: false }))
    const at = this.scheduler.now + worker.skew
    await saveReported(this.vbase.as(worker), at, `n${++this.names}`, reported)
    return 'done'
  }

  private engine(actor: Actor): Dependencies {
    const { scheduler, nature } = this
    const now = () => scheduler.now + actor.skew
    const uniqueId = () => `n${++this.names}`
    const documents = this.vbase.as(actor)
    const clock: Dependencies['clock'] = {
      now,
      uniqueId: uniqueId,
      sleep: (ms) => scheduler.step(actor, 'sleep', () => undefined, scheduler.now + ms),
      every: (ms, action) => scheduler.every(actor, ms, action),
    }
    const connect = async () => this.intershop.connect(actor)
    const drop = { connect, icm: this.icm.connect(actor), now, uniqueId }
    return {
      documents,
      workspace: 'master',
      clock,
      changeIndex: changeIndexOf({ documents, clock }),
      log: silent,
      traffic: () => ({}),
      mostSkus: nature.mostSkus ?? 1 + (nature.seed % 6),
      settings: async () => this.settings,
      sources: (_request, _settings, moment) => ({
        own: this.shop.source(actor, moment),
        ...(!nature.withoutCentra && { centra: this.centra.source(actor, moment) }),
        sellers: this.sellers.source(actor, moment),
        direct: {
          skuDetails: (skuId) =>
            scheduler.step(actor, 'context', () =>
              this.shop.context(skuId, this.sellers.sells(skuId) ? [OTHER_SELLER] : [])
            ),
          skuIdOf: (_identifier, refId) =>
            scheduler.step(actor, 'look-up', () => this.shop.skuIdOf(refId)),
          sellers: async () => new Map([[OTHER_SELLER, { isActive: true }]]),
        },
      }),
      delivery: async () => publisherOf(this.settings, drop),
      requestRun: (event) => this.courier.send(actor, { work: event }, 'wake'),
    }
  }
}
