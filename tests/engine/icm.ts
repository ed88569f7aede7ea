import { UpstreamError } from '../../node/common/upstreamError'
import type { IcmApi } from '../../node/delivery/icmRest'
import { type ModelIntershop, offersOf } from './intershop'
import type { Actor, Scheduler } from './scheduler'

const USUAL_MS = 2_000
const ICM = 'Intershop'

interface ModelImport {
  offers: Array<[sku: string, quantity: number]>
  endsAt: number
  fails: boolean
  isOver: boolean
}

/**
 * A model of ICM's batch processes. Imports last a while and may overtake each other: the one that ends last counts.
 */
export class ModelIcm {
  /** How long the next import takes, milliseconds. */
  nextTakes = USUAL_MS
  /** How many of the next imports fail, half-way. */
  failing = 0
  /** How many of the next answers to the start of an import are lost. */
  losing = 0
  /** How many of the next questions are answered as if it did not know the import. */
  denying = 0
  /** Imports whose state it cannot tell, by id. */
  readonly broken = new Set<string>()
  /** Imports that were started. */
  started = 0
  /** The most that ran at the same time. */
  mostAtOnce = 0
  private readonly uploads = new Map<string, string>()
  private readonly imports = new Map<string, ModelImport>()

  constructor(
    private readonly scheduler: Scheduler,
    private readonly intershop: ModelIntershop
  ) {}

  /** It does not know its imports any more, though they go on. */
  forget() {
    const [...all] = this.imports
    this.imports.clear()
    for (const [id, each] of all) this.imports.set(`forgotten ${id}`, each)
  }

  /** Lets imports end whose time has come, in the order in which they end. */
  advance() {
    const due = [...this.imports.values()]
      .filter(({ isOver, endsAt }) => !isOver && endsAt <= this.scheduler.now)
      .sort((a, b) => a.endsAt - b.endsAt)
    for (const each of due) {
      each.isOver = true
      const offers = each.fails ? each.offers.slice(0, each.offers.length / 2) : each.offers
      for (const [sku, quantity] of offers) this.intershop.take(sku, quantity)
    }
  }

  /** ICM as one actor meets it. */
  connect(actor: Actor): IcmApi {
    const step = <T>(name: string, run: () => T) =>
      this.scheduler.step(actor, name, () => {
        this.reach()
        return run()
      })
    return {
      logIn: () => step('log in', () => undefined),
      upload: (_access, fileName, content) =>
        step('write', () => {
          this.uploads.set(fileName, content)
          return { fileName, key: fileName }
        }),
      removeUpload: (_access, key) => step('clean', () => void this.uploads.delete(key)),
      startImport: async (_access, fileName, _parameters, beforeSend) => {
        await beforeSend()
        // At once: between the last look and the request nothing can be asked of anybody.
        this.reach()
        const id = this.start(fileName)
        if (this.losing > 0) {
          this.losing--
          return step('renamed', () => {
            throw new UpstreamError(ICM, 'down', 'no answer')
          })
        }
        return step('renamed', () => id)
      },
      inventories: (_access, skus) =>
        step('inventories', () =>
          skus.map((sku) => ({ sku, availableStock: this.intershop.imported.get(sku) }))
        ),
      importState: (_access, id) => step('state', () => this.stateOf(id)),
    }
  }

  private reach() {
    if (this.scheduler.now < this.intershop.closedUntil) throw new UpstreamError(ICM, 'down', 'no')
  }

  private start(fileName: string): string {
    this.advance()
    const content = this.uploads.get(fileName)
    if (content === undefined) throw new UpstreamError(ICM, 'missing', 'status 404', 404)
    const id = `${++this.started}`
    const fails = this.failing > 0
    if (fails) this.failing--
    const endsAt = this.scheduler.now + this.nextTakes
    this.nextTakes = USUAL_MS
    this.imports.set(id, { offers: offersOf(content), endsAt, fails, isOver: false })
    const running = [...this.imports.values()].filter(({ isOver }) => !isOver)
    this.mostAtOnce = Math.max(this.mostAtOnce, running.length)
    this.intershop.published.push(fileName)
    return id
  }

  private stateOf(id: string) {
    this.advance()
    if (this.broken.has(id)) throw new UpstreamError(ICM, 'down', 'status 500', 500)
    if (this.denying > 0) {
      this.denying--
      return { state: 'unknown' } as const
    }
    const found = this.imports.get(id)
    if (!found) return { state: 'unknown' } as const
    if (!found.isOver) return { state: 'running', progress: '' } as const
    return found.fails
      ? ({ state: 'failed', code: 'import.failed' } as const)
      : ({ state: 'finished' } as const)
  }
}
