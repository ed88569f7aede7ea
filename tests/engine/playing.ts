import { quiet } from './nature'
import { World } from './world'

const MOST_STEPS = 100_000

/** A world without faults, in which the app was installed long ago. */
export async function installed(more: Partial<typeof quiet> = {}): Promise<World> {
  const world = new World({ ...quiet, ...more })
  await world.install()
  return world
}

/** A letter arrives if there is one, and somebody takes a step; false where nobody has one left. */
export function step(world: World): Promise<boolean> {
  if (world.courier.hasLetters) world.courier.deliver(0)
  return world.scheduler.takeOne(0)
}

/**
 * Lets the world go on.
 * @param stuck what becomes of it where nobody has anything left to do
 */
export async function until(
  world: World,
  isSo: () => boolean,
  stuck = (_: World): void => {
    throw new Error('nobody has anything left to do')
  }
): Promise<void> {
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    if (isSo()) return
    if (!(await step(world))) stuck(world)
  }
  throw new Error('it does not come to that')
}

export const allEnded = (world: World): boolean =>
  world.accepted.length > 0 && world.open.length === 0

/** The report of the export that was accepted last. */
export const last = (world: World) => world.report(world.accepted.at(-1) ?? '')

/** Posts an export, lets all end, and Intershop import; answers its report. */
export async function exported(
  world: World,
  route: 'export' | 'update',
  {
    dryRun = false,
    verify,
    stuck,
  }: { dryRun?: boolean; verify?: true; stuck?: (world: World) => void } = {}
) {
  const before = world.accepted.length
  world.post(route, {}, dryRun, verify)
  await until(world, () => world.accepted.length > before && allEnded(world), stuck)
  world.intershop.import()
  return last(world)
}

/** Intershop holds what VTEX and Centra say, and nothing else. */
export const expectAll = (world: World) =>
  expect(Object.fromEntries(world.intershop.imported)).toEqual(Object.fromEntries(world.offers()))
