// Plants known bugs, one at a time, in a copy of the app, and expects the tests to notice each.
// `npm run planted`; a bug that survives ends it with 1. `-- --check` only looks whether each has a place,
// `-- --histories` goes by histories alone, and any other argument is a part of the names of the bugs to plant.
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

const steps = 'node/exports/batchStep.ts'
const reading = 'node/exports/batchReader.ts'
const worklists = 'node/exports/worklist.ts'
const work = 'node/exports/worker.ts'
const queue = 'node/exports/queue.ts'
const lease = 'node/state/lease.ts'
const coverage = 'node/exports/conflicts.ts'
const names = 'node/exports/documentNames.ts'
const remember = 'node/exports/advanceCheckpoints.ts'
const acknowledge = 'node/changes/pendingChanges.ts'
const limiter = 'node/throttling/limiter.ts'
const limiters = 'node/throttling/limiters.ts'
const rateLimiter = 'node/throttling/rateLimiter.ts'

/** Where the tests are that notice a bug of the limiter; none of them plays histories. */
const throttling = { tests: 'node/throttling', seeds: [] }

/** Protections stand one behind the other: each is checked with the ones behind it taken away. */
const noConflicts = [
  coverage,
  'function hasConflict(delivery: BatchReceipt, all: readonly BatchReceipt[]): boolean {',
  'function hasConflict(delivery: BatchReceipt, all: readonly BatchReceipt[]): boolean {\n  if (all.length >= 0) return false',
]

const bugs = [
  {
    name: 'offers are published before `started` is saved',
    edits: [
      [steps, 'await saveReceipt(documents, reader, receipt, startedDocument(started))\n', '\n'],
      [
        steps,
        'return publisher.publish({ version: batch.version, offers }, mayCommit)',
        'const files = await publisher.publish({ version: batch.version, offers }, mayCommit)\n    await saveReceipt(documents, reader, receipt, startedDocument(started))\n    return files',
      ],
    ],
  },
  {
    name: 'the ledger does not know what a batch began to send and did not commit',
    edits: [
      [
        'node/exports/receipts.ts',
        'offers === 0) continue',
        "offers === 0 || state === 'started') continue",
      ],
    ],
  },
  {
    name: 'the ledger is sure of what was not committed, or conflicts',
    edits: [
      [
        'node/published/entry.ts',
        'const isCertain = isCommitted && before.every((entry) => entry.version <= readAfter)',
        'const isCertain = version > 0 || (isCommitted && readAfter > 0)',
      ],
    ],
  },
  {
    name: 'an update leaves out what the ledger is not sure of',
    edits: [
      ['node/exports/sharedNames.ts', 'entry.isCertain && entry.published', 'entry.published'],
    ],
  },
  {
    name: 'files are named by export id',
    edits: [
      [
        steps,
        'publish({ version: batch.version, ',
        'publish({ version: Number(batch.exportId.slice(9, 18)), ',
      ],
    ],
  },
  {
    name: 'an event is acknowledged before its successor was accepted',
    edits: [[work, 'await engine.requestRun({', 'void engine.requestRun({']],
  },
  {
    name: 'an event whose worker died is acknowledged by the lease of that worker',
    edits: [[lease, ' && found !== event) return', ') return']],
  },
  {
    name: 'an event is acknowledged while the lease is still held for it',
    edits: [
      [
        lease,
        'if ((await this.isHeld()) || (await this.isMineForSure())) await this.write(0, handover)',
        'void handover',
      ],
    ],
  },
  {
    name: 'conflicting batches count',
    edits: [noConflicts],
  },
  {
    name: 'an older batch is published after a newer one, and conflicting batches count',
    edits: [[coverage, ': other.version <= part.readAfter', ': true'], noConflicts],
  },
  {
    name: 'nobody looks once more before a rename, and conflicting batches count',
    edits: [
      [
        steps,
        '(await lease.isMine()) && (await reader.stillDeliverable(batch))',
        '(await lease.isMine()) || true',
      ],
      noConflicts,
    ],
  },
  {
    name: 'the version is the clock alone',
    edits: [
      [
        reading,
        'const version = Math.max(clock.now(), (Math.floor(newest / step) + 1) * step)',
        'const version = clock.now()',
      ],
    ],
  },
  {
    name: 'versions of IOM are of one second',
    edits: [[reading, 'const step = versionStep(this.settings)', 'const step = 1']],
  },
  {
    name: 'pending changes are consumed before the end',
    edits: [
      [
        worklists,
        'const path = listingNames.build({ ...this.name, source })',
        "for (const path of list.consumes) await engine.documents.remove('pending', path)\n      const path = listingNames.build({ ...this.name, source })",
      ],
    ],
  },
  {
    name: 'what was not listed is consumed',
    edits: [
      [
        remember,
        'const paths = listedChanges(progress)',
        "const paths = await documents.list('pending')",
      ],
    ],
  },
  {
    name: 'a dry run consumes pending changes',
    edits: [[remember, 'if (request.dry) return {}', '']],
  },
  {
    name: 'a worker goes on with a dry run though it lost the line',
    edits: [
      [
        steps,
        '    if (!(await lease.isHeld())) throw',
        '    if (!batch.dry && !(await lease.isHeld())) throw',
      ],
    ],
  },
  {
    name: 'failures are dropped',
    edits: [[acknowledge, 'if (isMissed && made', 'if (failed.size < 0 && made']],
  },
  {
    name: "Centra's rows that could not be read are not asked for again",
    edits: [[remember, 'again: retried,', 'again: [],']],
  },
  {
    name: "Centra's pages of two readings are taken for the same",
    edits: [[coverage, '!sources.every(isSkuSource) || ', '']],
  },
  {
    name: "Centra's rows are taken for other offers than its pages'",
    edits: [
      [coverage, 'stockSourceOf(a.source) === stockSourceOf(b.source)', 'a.source === b.source'],
    ],
  },
  {
    name: 'what cannot be read is gone',
    edits: [
      ['node/published/removedOffers.ts', 'context === undefined ||', 'context?.skuId !== -1 ||'],
    ],
  },
  {
    name: 'what no listing names is not asked for',
    edits: [['node/exports/worklist.ts', '      yield* sold\n', '      yield* []\n']],
  },
  {
    name: 'the rows that no page showed are asked for before the pages',
    edits: [['node/exports/nextStep.ts', 'return hasPages ? left', 'return !hasPages ? left']],
  },
  {
    name: 'parts of two plans are put together',
    edits: [
      [names, '[settingsHash, plan.uniqueId, ...(list ? [list.uniqueId] : [])]', '[settingsHash]'],
    ],
  },
  {
    name: 'the line is taken for empty at first sight',
    edits: [[queue, 'await this.clock.sleep(SETTLE_MS)\n    return', 'return']],
  },
  {
    name: 'after a stall, the missed requests go all at once',
    ...throttling,
    edits: [[rateLimiter, 'Math.max(this.nextAt, now - CATCH_UP_MS) + gap', 'this.nextAt + gap']],
  },
  {
    name: 'the cooldown after a 429 is not shared by the limiters of a host',
    ...throttling,
    edits: [[limiters, ', limit, clock, vtex)', ', limit, clock)']],
  },
  {
    name: 'the cooldown after a 429 is not shared by the requests of a limiter',
    ...throttling,
    edits: [
      [limiter, 'this.rate.throttled(startedAt, thrown.retryAfterMs)', ''],
      [
        limiter,
        "if (!isOfKind(thrown, 'overloaded')) await this.clock.sleep(backoff.duration)",
        "await this.clock.sleep((isOfKind(thrown, 'overloaded') && thrown.retryAfterMs) || backoff.duration)",
      ],
    ],
  },
  {
    name: 'the budget of retries is ignored',
    ...throttling,
    edits: [[limiter, ' || this.retriesLeft < 1', '']],
  },
  {
    name: 'the circuit never closes',
    ...throttling,
    edits: [[limiter, 'initialDelay: 2_000, maxDelay: 30_000', 'initialDelay: 1e9, maxDelay: 1e9']],
  },
  {
    name: 'a client has a limiter of its own',
    ...throttling,
    edits: [[limiters, '= perAccount(newLimiters)', '= (_: AccountRef) => newLimiters()']],
  },
]

/** The files of a bug as it makes them, by path. */
function planted({ name, edits }) {
  const files = new Map()
  for (const [file, find, plant] of edits) {
    const source = files.get(file) ?? readFileSync(file, 'utf8')
    if (!source.includes(find)) throw new Error(`${name}: its place in ${file} is gone`)
    files.set(
      file,
      source.replace(find, () => plant)
    )
  }
  return files
}

/** Each bug is to be noticed within so many histories of a property, whatever the seed. */
const HISTORIES = 300
const SEEDS = [1, 2, 3]

/** What the tests say of what is planted, up to the first file of them that fails. */
function runs(options, env = {}) {
  const { status, stdout, stderr } = spawnSync(
    'npx',
    ['jest', '--roots=node', '--roots=tests', '--bail', ...options],
    {
      cwd: copy,
      encoding: 'utf8',
      env: { ...process.env, ...env },
    }
  )
  return { failed: status !== 0, output: stdout + stderr }
}

/** Whether the tests that play one scenario each notice what is planted. */
const isNoticedAtOnce = (tests) => runs([tests, '--testPathIgnorePatterns=property']).failed

/** After how many histories of a seed a property notices what is planted; that time runs out is no notice. */
function histories(tests, seed) {
  const { output } = runs([`${tests}/.*property`], {
    PROPERTY_RUNS: String(HISTORIES),
    PROPERTY_SEED: String(seed),
    PROPERTY_STOP: 'yes',
  })
  const [, count] = /Property failed after (\d+) tests/.exec(output) ?? []
  return count
}

const [argument] = process.argv.slice(2)
const isCheck = argument === '--check'
const byHistories = argument === '--histories'
const only = isCheck || byHistories ? undefined : argument
const chosen = bugs.filter(({ name }) => !only || name.includes(only))
// Hours are not to end at a place that is gone.
for (const bug of chosen) planted(bug)
if (isCheck) {
  rmSync(copy, { recursive: true, force: true })
  process.stdout.write(`each of the ${bugs.length} bugs has a place\n`)
  process.exit(0)
}
const survivors = []

/** Copies the app and its tests, with a bug if one is given. */
function copyWith(bug) {
  rmSync(copy, { recursive: true, force: true })
  mkdirSync(copy, { recursive: true })
  for (const item of [
    'node',
    'tests/engine',
    'tests/throttling',
    'sandbox/common',
    'tsconfig.json',
    'jest.config.js',
    'package.json',
  ]) {
    cpSync(item, join(copy, item), {
      recursive: true,
      filter: (source) => !source.includes('node_modules'),
    })
  }
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'))
  if (bug) for (const [file, source] of planted(bug)) writeFileSync(join(copy, file), source)
}

// Where the tests fail without a bug, they would seem to notice every one.
copyWith(undefined)
for (const tests of new Set(chosen.map((bug) => bug.tests ?? 'tests/engine'))) {
  const { failed, output } = runs([tests, '--testPathIgnorePatterns=property'])
  if (!failed) continue
  process.stderr.write(`${output}\n${tests} fails without any bug: nothing is planted\n`)
  process.exit(2)
}

for (const bug of chosen) {
  const { tests = 'tests/engine', seeds = SEEDS } = bug
  copyWith(bug)
  if ((!byHistories || seeds.length === 0) && isNoticedAtOnce(tests)) {
    process.stdout.write(`${bug.name}: noticed by a scenario\n`)
    continue
  }
  const seen = seeds.map((seed) => histories(tests, seed))
  if (seen.length === 0 || seen.includes(undefined)) survivors.push(bug.name)
  const shown = seen.map((count) => count ?? `not within ${HISTORIES}`).join(', ') || 'none'
  process.stdout.write(`${bug.name}: noticed after ${shown} histories\n`)
}

rmSync(copy, { recursive: true, force: true })
process.stdout.write(`${survivors.length} of the planted bugs not noticed\n`)
process.exit(survivors.length > 0 ? 1 : 0)
