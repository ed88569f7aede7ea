// Plants known bugs, one at a time, in a copy of the app, and expects the tests to notice each.
// `npm run planted`; a bug that survives ends it with 1.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const copy = mkdtempSync(join(tmpdir(), 'planted-'))

const bugs = [
  {
    name: 'a part is delivered before it is saved',
    file: 'node/exports/steps.ts',
    find: "await documents.save('parts', partPath(name), part)",
    plant:
      "if (part.offers.length > 0) await (await this.way()).deliver({ stamp, offers: part.offers }, async () => true)\n    await documents.save('parts', partPath(name), part)",
  },
  {
    name: 'a part is read anew when it is delivered again',
    file: 'node/exports/steps.ts',
    find: 'return (await this.way()).deliver({ stamp: name.stamp, offers }, mayCommit)',
    plant: `const source = this.engine.source(requestOf2(this), this.settings, () => this.engine.clock.now())
    const read = await source.open()
    const fresh = await Promise.all(offers.map(async (offer) => {
      const reading = await read(offer.skuId)
      return 'offers' in reading && reading.offers[0] ? { ...offer, quantity: reading.offers[0].quantity } : offer
    }))
    return (await this.way()).deliver({ stamp: name.stamp, offers: fresh }, mayCommit)`,
    also: 'function requestOf2(_: unknown) { return {} as ExportRequest }\n',
  },
  {
    name: 'files are named by export id',
    file: 'node/exports/steps.ts',
    find: 'deliver({ stamp: name.stamp, offers }, mayCommit)',
    plant: 'deliver({ stamp: Number(name.exportId.slice(9, 18)) , offers }, mayCommit)',
  },
  {
    name: 'an event is acknowledged before its successor was accepted',
    file: 'node/exports/work.ts',
    find: 'await engine.wake({',
    plant: 'void engine.wake({',
  },
  {
    name: 'an event that finds the line taken is acknowledged',
    file: 'node/exports/work.ts',
    find: "if (!lease) return 'again'",
    plant: "if (!lease) return 'done'",
  },
  {
    name: 'a saved part is delivered though something newer was',
    file: 'node/exports/coverage.ts',
    find: ': other.stamp <= part.after',
    plant: ': true',
  },
  {
    name: 'deliveries that did not know of each other count',
    file: 'node/exports/coverage.ts',
    find: '(unaware(other, delivery) || (twice && other.stamp > delivery.stamp))',
    plant: '(twice && other.stamp > delivery.stamp)',
  },
  {
    name: 'a part that was delivered twice counts',
    file: 'node/exports/coverage.ts',
    find: '(unaware(other, delivery) || (twice && other.stamp > delivery.stamp))',
    plant: 'unaware(other, delivery)',
  },
  {
    name: 'nobody says that a delivery was begun',
    file: 'node/exports/steps.ts',
    find: 'await this.say(name, false, { v: 1 })',
    plant: '',
  },
  {
    name: 'an export ends at first sight',
    file: 'node/exports/work.ts',
    find: 'if (this.settled.has(sight)) return false',
    plant: 'return false',
  },
  {
    name: 'the stamp of a reading is the clock alone',
    file: 'node/exports/steps.ts',
    find: 'const stamp = Math.max(clock.now(), after + 1)',
    plant: 'const stamp = clock.now()',
  },
  {
    name: 'the line is taken for empty at first sight',
    file: 'node/exports/work.ts',
    find: 'await this.engine.clock.sleep(SETTLE_MS)\n    return',
    plant: 'return',
  },
]

const only = process.argv[2]
const survivors = []

for (const bug of bugs.filter(({ name }) => !only || name.includes(only))) {
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true })
  for (const item of ['node', 'tests/engine', 'tsconfig.json', 'jest.config.js', 'package.json']) {
    cpSync(item, join(copy, item), {
      recursive: true,
      filter: (source) => !source.includes('node_modules'),
    })
  }
  mkdirSync(join(copy, 'sandbox'))
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'))
  const path = join(copy, bug.file)
  const source = readFileSync(path, 'utf8')
  if (!source.includes(bug.find)) throw new Error(`${bug.name}: its place in ${bug.file} is gone`)
  writeFileSync(path, source.replace(bug.find, bug.plant) + (bug.also ?? ''))
  const { status, stdout, stderr } = spawnSync('npx', ['jest', 'tests/engine'], {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, PROPERTY_RUNS: process.env.PROPERTY_RUNS ?? '3000' },
  })
  const output = stdout + stderr
  const noticed = status !== 0 && /Property failed after (\d+) tests/.exec(output)
  if (!noticed) survivors.push(bug.name)
  const how = noticed ? `noticed after ${noticed[1]} runs` : `NOT NOTICED\n${output.slice(0, 1500)}`
  process.stdout.write(`${bug.name}: ${how}\n`)
}

rmSync(copy, { recursive: true, force: true })
process.stdout.write(`${survivors.length} of the planted bugs not noticed\n`)
process.exit(survivors.length > 0 ? 1 : 0)
