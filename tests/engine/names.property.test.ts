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
  world.post(route)
  for (let taken = 0; taken < steps; taken++) await step(world)
  await allHappen(world, during)
  await until(world, () => allEnded(world))
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

describe('references that are given up, swapped, taken over, shared and deleted', () => {
  test('leave each name in Intershop to the one offer that has it, after a full export', async () => {
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
        numRuns: Number(process.env.PROPERTY_RUNS ?? 40),
        endOnFailure: process.env.PROPERTY_SHRINK !== 'yes',
        ...(process.env.PROPERTY_SEED && {
          seed: Number(process.env.PROPERTY_SEED),
          path: process.env.PROPERTY_PATH ?? '',
        }),
      }
    )
  }, 300_000)
})
