import fc from 'fast-check'
import type { Nature } from './nature'
import type { Actor } from './scheduler'
import type { World } from './world'

/** What may happen besides the next step of somebody. */
const EVENTS = [
  'step',
  'import',
  'change',
  'kill',
  'freeze',
  'trap',
  'post',
  'deliver',
  'impatient',
  'lose',
  'writeFails',
  'sftpDown',
  'skuFails',
  'centraChange',
  'centraDown',
  'rowFails',
  'longAfter',
  'offerFails',
  'sellersDown',
  'deleteSku',
  'wake',
  'stopBeforeRename',
  'rename',
  'unreportedChange',
  'importFails',
  'importTakesLong',
  'importAnswerLost',
  'importForgotten',
] as const

/** Steps at which a death or a long sleep would hurt most. */
const TRAPS = [
  'save receipts',
  'write',
  'renamed',
  'wake',
  'save ended',
  'stock',
  'centra',
  'save pending',
  'save changes',
  'remove pending',
  'save checkpoints',
  'save plans',
  'save compactions',
  'save ledger',
  'save generations',
  'remove compactions',
]

const STRIKES = [
  (world: World, actor: Actor) => world.kill(actor),
  (world: World, actor: Actor) => world.killSoon(actor),
  (world: World, actor: Actor) => world.freeze(actor, 20_000),
]

const POSTS = [
  (world: World) => world.post('export'),
  (world: World) => world.post('update'),
  (world: World) => world.post('update'),
  (world: World) => world.post('time', { minutes: 2 }),
  (world: World) => world.post('update', {}, true),
]

/** Something that happens at a moment of a history. */
export interface Happening {
  what: (typeof EVENTS)[number]
  choice: number
}

const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.oneof(
    { weight: 70, arbitrary: fc.constant('step' as const) },
    { weight: 2, arbitrary: fc.constant('import' as const) },
    { weight: 8, arbitrary: fc.constant('change' as const) },
    { weight: 3, arbitrary: fc.constant('kill' as const) },
    { weight: 4, arbitrary: fc.constant('freeze' as const) },
    { weight: 6, arbitrary: fc.constant('trap' as const) },
    { weight: 2, arbitrary: fc.constant('post' as const) },
    { weight: 1, arbitrary: fc.constant('skuFails' as const) },
    { weight: 5, arbitrary: fc.constant('centraChange' as const) },
    { weight: 1, arbitrary: fc.constant('centraDown' as const) },
    { weight: 3, arbitrary: fc.constant('rowFails' as const) },
    { weight: 1, arbitrary: fc.constant('longAfter' as const) },
    { weight: 3, arbitrary: fc.constant('offerFails' as const) },
    { weight: 3, arbitrary: fc.constant('unreportedChange' as const) },
    { weight: 1, arbitrary: fc.constant('sellersDown' as const) },
    { weight: 1, arbitrary: fc.constant('deleteSku' as const) },
    { weight: 7, arbitrary: fc.constant('deliver' as const) },
    { weight: 3, arbitrary: fc.constant('impatient' as const) },
    { weight: 1, arbitrary: fc.constant('lose' as const) },
    { weight: 1, arbitrary: fc.constant('writeFails' as const) },
    { weight: 1, arbitrary: fc.constant('sftpDown' as const) },
    { weight: 1, arbitrary: fc.constant('importFails' as const) },
    { weight: 2, arbitrary: fc.constant('importTakesLong' as const) },
    { weight: 1, arbitrary: fc.constant('importAnswerLost' as const) },
    { weight: 1, arbitrary: fc.constant('importForgotten' as const) }
  ),
  choice: fc.nat(999),
})

/** What a world may be like. */
const nature: fc.Arbitrary<Nature> = fc.record({
  seed: fc.nat(),
  skus: fc.integer({ min: 1, max: 9 }),
  honoursIfMatch: fc.boolean(),
  staleMs: fc.constantFrom(0, 100, 500),
  doubledShare: fc.constantFrom(0, 0.3),
  loses: fc.boolean(),
  impatient: fc.boolean(),
  mostPosts: fc.integer({ min: 1, max: 3 }),
  leaseLost: fc.constantFrom(0, 0, 0.5, 1),
  stepMs: fc.constantFrom(3, 20, 150),
  skewMs: fc.constantFrom(0, 3_000, 40_000),
  lateMs: fc.constantFrom(0, 5_000, 120_000),
  repeats: fc.boolean(),
  refreshMinutes: fc.constant(5),
  delivery: fc.constantFrom(
    undefined,
    'iom-sftp' as const,
    'icm-rest' as const,
    'icm-rest' as const
  ),
})

/** Lets it happen. */
export async function happen(world: World, { what, choice }: Happening) {
  const happenings: Record<Happening['what'], () => unknown> = {
    step: () => world.scheduler.takeOne(choice),
    import: () => world.intershop.import(),
    change: () => world.change(choice),
    skuFails: () => world.shop.fail(choice),
    centraChange: () => world.centra.change(choice),
    centraDown: () => {
      world.centra.downUntil = world.scheduler.now + 3_000
    },
    rowFails: () => world.centra.fail(choice),
    longAfter: () => {
      world.scheduler.now += 150_000
    },
    offerFails: () => world.sellers.fail(choice),
    unreportedChange: () => world.sellers.changeUnreported(choice),
    sellersDown: () => {
      world.sellers.downUntil = world.scheduler.now + 3_000
    },
    deleteSku: () => world.shop.deleteSku(choice),
    wake: () => world.wake(),
    stopBeforeRename: () => world.trap('write', (actor) => world.freeze(actor, 20_000)),
    rename: () => world.rename(choice),
    kill: () => world.kill(world.somebody(choice)),
    freeze: () => world.freeze(world.somebody(choice), (choice % 30) * 1_000),
    trap: () =>
      world.trap(TRAPS[choice % TRAPS.length] ?? '', (actor) =>
        STRIKES[choice % STRIKES.length]?.(world, actor)
      ),
    post: () => POSTS[choice % POSTS.length]?.(world),
    deliver: () => world.courier.deliver(choice),
    impatient: () => world.courier.stopWaiting(choice),
    lose: () => world.courier.lose(choice),
    writeFails: () => {
      world.vbase.failing = { writes: 1, butHappen: choice % 2 === 0 }
    },
    importFails: () => world.icm.failing++,
    // An import whose id is lost is waited for somewhat longer than these take.
    importTakesLong: () => {
      world.icm.nextTakes = (1 + (choice % 8)) * 5_000
    },
    importAnswerLost: () => world.icm.losing++,
    importForgotten: () => world.icm.forget(),
    sftpDown: () => {
      world.intershop.closedUntil = world.scheduler.now + 3_000
    },
  }
  await happenings[what]()
}

const some = (what: Happening['what'], count: number, from: number): Happening[] =>
  Array.from({ length: count }, (_, index) => ({ what, choice: (from + index * 37) % 1000 }))

/**
 * Two workers are awake over the same SKUs. One of them stops before its last look, others change, read and
 * publish; Intershop may import in between; then it wakes.
 */
const rivalry: fc.Arbitrary<Happening[]> = fc
  .record({
    choice: fc.nat(999),
    before: fc.integer({ min: 5, max: 40 }),
    isFrozen: fc.boolean(),
    isKilled: fc.boolean(),
    between: fc.integer({ min: 5, max: 80 }),
    imports: fc.boolean(),
    after: fc.integer({ min: 0, max: 60 }),
    posts: fc.boolean(),
  })
  .map(({ choice, before, isFrozen, isKilled, between, imports, after, posts }) => [
    ...some('change', 1, choice),
    ...some('wake', 2, choice),
    ...some('deliver', 3, choice),
    ...some('step', before, choice),
    ...(isFrozen ? some('stopBeforeRename', 1, choice) : []),
    ...some('change', 1, choice + 1),
    ...(isKilled ? some('kill', 1, choice) : []),
    ...some('step', between, choice + 5),
    ...(imports ? some('import', 1, choice) : []),
    ...(posts ? some('post', 1, choice) : []),
    ...some('deliver', 1, choice),
    ...some('step', after, choice + 11),
    ...some('import', 1, choice),
  ])

/** No worker sees another's lease, so that all that are woken work. */
const twoWorkers = fc
  .tuple(nature, fc.array(rivalry, { minLength: 2, maxLength: 12, size: 'max' }))
  .map(([kind, scenes]) => ({ kind: { ...kind, leaseLost: 1 }, happenings: scenes.flat() }))

/** Of any length: most of what happens is that somebody goes on. */
const anything = fc
  .tuple(nature, fc.array(happening, { maxLength: 900, size: 'max' }))
  .map(([kind, happenings]) => ({ kind, happenings }))

/** What a world is like, and what happens in it. */
export const histories = fc.oneof(
  { weight: 2, arbitrary: anything },
  { weight: 1, arbitrary: twoWorkers }
)
/** What VTEX and Centra change while nobody dies or is late. */
const renaming: fc.Arbitrary<Happening> = fc.record({
  what: fc.oneof(
    { weight: 4, arbitrary: fc.constant('rename' as const) },
    { weight: 2, arbitrary: fc.constant('deleteSku' as const) },
    { weight: 2, arbitrary: fc.constant('change' as const) },
    { weight: 1, arbitrary: fc.constant('centraChange' as const) },
    { weight: 1, arbitrary: fc.constant('skuFails' as const) }
  ),
  choice: fc.nat(9_999),
})

/** An export, with what changes before it and after its first steps. */
export interface Renaming {
  before: Happening[]
  route: 'update' | 'export'
  steps: number
  during: Happening[]
}

export const renamings: fc.Arbitrary<Renaming[]> = fc.array(
  fc.record({
    before: fc.array(renaming, { maxLength: 3 }),
    route: fc.constantFrom<Renaming['route']>('update', 'export'),
    steps: fc.nat(150),
    during: fc.array(renaming, { maxLength: 2 }),
  }),
  { minLength: 1, maxLength: 6 }
)
