import fc from 'fast-check'

import { type Happening, happen, type Renaming, renamings } from './histories'
import { allEnded, exported, installed, step, until } from './playing'
import type { World } from './world'

async function allHappen(world: World, happenings: readonly Happening[]) {
  for (const each of happenings) await happen(world, each)
}

/** An export while references change, to its end. */
async function live(world: World, { before, route, steps, during }: Renaming) {
  await allHappen(world, before)
  const accepted = world.accepted.length
  world.post(route)
  for (let taken = 0; taken < steps; taken++) await step(world)
  await allHappen(world, during)
  await until(world, () => world.accepted.length > accepted && allEnded(world))
  world.intershop.import()
}

/** A full export, after which a name that is one offer's is what it is, and one that is nobody's has nothing to buy. */
async function expectOwnNames(world: World) {
  const report = await exported(world, 'export')
  expect(report?.status).toMatch(/^completed/)
  const { imported } = world.intershop
  const offers = world.offers()
  // Of a seller of which no SKU is left nothing is sent.
  const held = (report?.heldOffers ?? []).map(({ offerSku }) => offerSku)
  const left = new Set([...world.shared(), ...held])
  const wanted = [...imported.keys(), ...offers.keys()].filter((name) => !left.has(name))
  const of = (all: ReadonlyMap<string, number>) => wanted.map((name) => [name, all.get(name) ?? 0])
  expect(of(imported)).toEqual(of(offers))
}

/** Histories in which a name was forgotten that an offer ceded to another one, which was never sent by it. */
const CEDED: Array<[{ seed: number; skus: number }, Renaming[]]> = [
  [
    { seed: 2_147_483_631, skus: 6 },
    [
      round('update', 18, [['change', 6_794]], [['rename', 3_207]]),
      round(
        'update',
        2,
        [
          ['skuFails', 2_921],
          ['centraChange', 7_617],
          ['rename', 2_213],
        ],
        [['centraChange', 7_233]]
      ),
      round(
        'update',
        150,
        [
          ['deleteSku', 3_156],
          ['rename', 5_848],
          ['rename', 6_709],
        ],
        [['change', 5_846]]
      ),
      round('export', 87, [['rename', 4_846]], [['rename', 7_494]]),
      round(
        'export',
        103,
        [
          ['rename', 753],
          ['change', 1_587],
          ['rename', 2_804],
        ],
        [['change', 2_542]]
      ),
    ],
  ],
  [
    { seed: 1_155_429_407, skus: 2 },
    [
      round(
        'export',
        128,
        [
          ['rename', 3_575],
          ['rename', 4_576],
        ],
        [
          ['change', 8_975],
          ['change', 6_668],
        ]
      ),
      round(
        'export',
        135,
        [
          ['centraChange', 7_365],
          ['rename', 9_463],
        ],
        [['rename', 2_730]]
      ),
      round(
        'export',
        129,
        [
          ['deleteSku', 6_621],
          ['deleteSku', 4_767],
          ['change', 1_621],
        ],
        [['centraChange', 9_157]]
      ),
      round(
        'update',
        101,
        [
          ['deleteSku', 8_445],
          ['rename', 5_323],
        ],
        []
      ),
      round(
        'update',
        70,
        [
          ['change', 985],
          ['change', 5_522],
        ],
        [
          ['deleteSku', 3_886],
          ['rename', 7_713],
        ]
      ),
      round(
        'export',
        121,
        [
          ['deleteSku', 9_412],
          ['rename', 3_490],
        ],
        []
      ),
    ],
  ],
]

type Told = [what: Happening['what'], choice: number]

function round(
  route: Renaming['route'],
  steps: number,
  before: readonly Told[],
  during: readonly Told[]
): Renaming {
  const happenings = (all: readonly Told[]) => all.map(([what, choice]) => ({ what, choice }))
  return { route, steps, before: happenings(before), during: happenings(during) }
}

const RUNS = Number(process.env.PROPERTY_RUNS ?? 40)
// The machine may be busy with others.
jest.setTimeout(7_500 * RUNS)

describe('a full export after references were dropped, swapped, taken over, shared and deleted', () => {
  test('leaves each Intershop SKU to the one offer that has it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ seed: fc.nat(), skus: fc.integer({ min: 2, max: 9 }) }),
        renamings,
        async (kind, rounds) => {
          const world = await installed({ ...kind, mostPosts: Number.POSITIVE_INFINITY })
          await exported(world, 'export')
          for (const round of rounds) await live(world, round)
          for (const { failing } of [world.shop, world.sellers]) failing.clear()
          await expectOwnNames(world)
          for (const name of world.shared()) world.intershop.imported.delete(name)
          await expectOwnNames(world)
          // While a name is shared, nothing is said of it.
          for (const name of world.shared()) {
            expect([...world.intershop.imported.keys()]).not.toContain(name)
          }
        }
      ),
      {
        examples: CEDED,
        numRuns: RUNS,
        endOnFailure: process.env.PROPERTY_SHRINK !== 'yes',
        ...(process.env.PROPERTY_SEED && {
          seed: Number(process.env.PROPERTY_SEED),
          path: process.env.PROPERTY_PATH ?? '',
        }),
      }
    )
  })
})
