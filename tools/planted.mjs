// Plants known bugs, one at a time, in a copy of the app, and expects the tests to notice each.
// `npm run planted`; a bug that survives ends it with 1. `-- --check` only looks whether each has a place,
// `-- --scenarios` plays no histories, `-- --histories` nothing else, and any other argument is a part of the names
// of the bugs to plant.
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

/** Scenarios that notice a bug of the engine. */
const engine = (file) => ({ tests: `tests/engine/${file}.test.ts` })

/** Tests that notice a bug which no history does. */
const unit = (file) => ({ tests: `${file}.test.ts`, seeds: [] })
const throttling = (file) => unit(`node/throttling/${file}`)

/** Each with the scenarios, or tests, that are to notice it. */
const bugs = [
  {
    name: 'offers are published before `started` is saved',
    ...engine('ledger'),
    edits: [
      [
        steps,
        "await reader.save('receipts', receiptNames.build(receipt), startedDocument(started))\n",
        '\n',
      ],
      [
        steps,
        'return publisher.publish({ version: batch.version, offers }, mayCommit)',
        "const files = await publisher.publish({ version: batch.version, offers }, mayCommit)\n    await reader.save('receipts', receiptNames.build(receipt), startedDocument(started))\n    return files",
      ],
    ],
  },
  {
    name: 'the ledger does not know what a batch began to send and did not commit',
    ...engine('ledger'),
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
    ...engine('ledger'),
    edits: [
      ['node/published/entry.ts', 'isCommitted && before.every(', 'version > 0 || before.every('],
    ],
  },
  {
    name: 'an update leaves out what the ledger is not sure of',
    ...engine('ledger'),
    edits: [
      ['node/exports/sharedNames.ts', 'entry.isCertain && entry.published', 'entry.published'],
    ],
  },
  {
    name: 'files are named by export id',
    ...engine('turns'),
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
    ...engine('workEvents'),
    edits: [[work, 'await engine.requestRun({', 'void engine.requestRun({']],
  },
  {
    name: 'an event whose worker died is acknowledged by the lease of that worker',
    ...engine('workEvents'),
    edits: [[lease, ' && found !== event) return', ') return']],
  },
  {
    name: 'an event is acknowledged while the lease is still held for it',
    ...engine('workEvents'),
    edits: [[lease, 'await this.write(0, handover)', 'void handover']],
  },
  {
    name: 'conflicting batches count',
    ...engine('conflict'),
    edits: [[coverage, 'return all.some(', 'return !all && all.some(']],
  },
  {
    name: 'an older batch is published after a newer one',
    ...engine('conflict'),
    edits: [[coverage, ': other.version <= part.readAfter', ': true']],
  },
  {
    name: 'nobody looks once more before a rename',
    ...engine('conflict'),
    edits: [[steps, 'lease.isMine(), reader.stillDeliverable(batch)]', 'lease.isMine()]']],
  },
  {
    name: 'the version is the clock alone',
    ...engine('changes'),
    edits: [[reading, '(Math.floor(newest / step) + 1) * step', '0']],
  },
  {
    name: 'versions of IOM are of one second',
    ...engine('iom'),
    edits: [[reading, 'versionStep(this.settings)', '1']],
  },
  {
    name: 'pending changes are consumed before the end',
    ...engine('changes'),
    edits: [
      [
        worklists,
        'const path = listingNames.build({ ...name, source })',
        "for (const path of list.consumes) await engine.documents.remove('pending', path)\n      const path = listingNames.build({ ...name, source })",
      ],
    ],
  },
  {
    name: 'what was not listed is consumed',
    ...engine('changes'),
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
    ...engine('dryRun'),
    edits: [[remember, 'if (request.dry) return {}', '']],
  },
  {
    name: 'a worker goes on with a dry run though it lost the line',
    ...engine('dryRun'),
    edits: [
      [steps, '    if (!isHeld || cancelled', '    if ((!batch.dry && !isHeld) || cancelled'],
    ],
  },
  {
    name: 'failures are dropped',
    ...engine('abandoned'),
    edits: [[acknowledge, 'if (isMissed && made', 'if (failed.size < 0 && made']],
  },
  {
    name: "Centra's rows that could not be read are not asked for again",
    ...engine('centra'),
    edits: [[remember, 'again: retried,', 'again: [],']],
  },
  {
    name: "Centra's pages of two readings are taken for the same",
    ...engine('conflict'),
    edits: [[coverage, '!sources.every(isSkuSource) || ', '']],
  },
  {
    name: "Centra's rows are taken for other offers than its pages'",
    ...engine('conflict'),
    edits: [
      [coverage, 'stockSourceOf(a.source) === stockSourceOf(b.source)', 'a.source === b.source'],
    ],
  },
  {
    name: 'what cannot be read is gone',
    ...engine('removed'),
    edits: [
      ['node/published/removedOffers.ts', 'context === undefined ||', 'context?.skuId !== -1 ||'],
    ],
  },
  {
    name: 'what no listing names is not asked for',
    ...engine('removed'),
    edits: [['node/exports/worklist.ts', 'yield sold.ids\n', 'yield []\n']],
  },
  {
    name: 'the rows that no page showed are asked for before the pages',
    ...engine('centra'),
    edits: [['node/exports/nextStep.ts', 'return hasPages', 'return left.length > 9']],
  },
  {
    name: 'batches of two plans, or of two worklists, are put together',
    ...engine('lostDocuments'),
    edits: [
      [names, '[settingsHash, plan.uniqueId, ...(list ? [list.uniqueId] : [])]', '[settingsHash]'],
    ],
  },
  {
    name: 'the line is taken for empty at first sight',
    ...engine('workEvents'),
    edits: [[queue, 'await this.clock.sleep(SETTLE_MS)\n    return', 'return']],
  },
  {
    name: 'a short run ends an export without a second look',
    ...unit('node/exports/queue'),
    edits: [[queue, 'if (!hasSent || (this', 'if (hasSent || (this']],
  },
  {
    name: 'the next batch begins though the one before will not be read in time',
    ...unit('node/exports/readRanges'),
    edits: [['node/exports/readRanges.ts', 'if (now() + msLeft < deadline) ', '']],
  },
  {
    name: 'after a stall, the missed requests go all at once',
    ...throttling('stall'),
    edits: [[rateLimiter, 'Math.max(this.nextAt, now - CATCH_UP_MS)', 'this.nextAt']],
  },
  {
    name: 'the cooldown after a 429 is not shared by the limiters of a host',
    ...throttling('limiters'),
    edits: [[limiters, ', limit, clock, vtex)', ', limit, clock)']],
  },
  {
    name: 'the cooldown after a 429 is not shared by the requests of a limiter',
    ...throttling('limiter'),
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
    ...throttling('circuit'),
    edits: [[limiter, ' || this.retriesLeft < 1', '']],
  },
  {
    name: 'the circuit never closes',
    ...throttling('circuit'),
    edits: [[limiter, 'initialDelay: 2_000, maxDelay: 30_000', 'initialDelay: 1e9, maxDelay: 1e9']],
  },
  {
    name: 'a client has a limiter of its own',
    ...throttling('limiters'),
    edits: [[limiters, '= perAccount(newLimiters)', '= (_: AccountRef) => newLimiters()']],
  },
]

/** The files of a bug as it makes them, by path. */
function planted({ name, edits }) {
  const files = new Map()
  for (const [file, find, plant] of edits) {
    const source = files.get(file) ?? readFileSync(file, 'utf8')
    const places = source.split(find).length - 1
    if (places !== 1) throw new Error(`${name}: ${file} has ${places} places for it`)
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

/** The first test that failed, after the names of its group; a file that cannot be loaded has none. */
const firstFailed = (output) => /● (.+)/.exec(output)?.[1] ?? 'a file that fails'

/** After how many histories of a seed a property notices what is planted; that time runs out is no notice. */
function histories(seed) {
  const { output } = runs(['tests/engine/.*property'], {
    PROPERTY_RUNS: String(HISTORIES),
    PROPERTY_SEED: String(seed),
    PROPERTY_STOP: 'yes',
  })
  const [, count] = /Property failed after (\d+) tests/.exec(output) ?? []
  return count
}

const args = process.argv.slice(2)
const isCheck = args.includes('--check')
const byHistories = args.includes('--histories')
const byScenarios = args.includes('--scenarios')
const parts = args.filter((arg) => !arg.startsWith('--'))
const chosen = bugs.filter(
  ({ name }) => parts.length === 0 || parts.some((part) => name.includes(part))
)
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
    'tests/turns.ts',
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
const { failed: failsAnyway, output: why } = runs(chosen.map(({ tests }) => tests))
if (failsAnyway) {
  process.stderr.write(`${why}\na test fails without any bug: nothing is planted\n`)
  process.exit(2)
}

/** Whether a bug is noticed, and by what. */
function look({ tests, seeds = SEEDS }) {
  if (!byHistories || seeds.length === 0) {
    const { failed, output } = runs([tests])
    if (failed) return { isNoticed: true, by: `"${firstFailed(output)}"` }
  }
  if (byScenarios || seeds.length === 0) return { isNoticed: false, by: tests }
  const seen = seeds.map(histories)
  const shown = seen.map((count) => count ?? `not within ${HISTORIES}`).join(', ')
  return { isNoticed: !seen.includes(undefined), by: `histories: ${shown}` }
}

for (const bug of chosen) {
  const from = Date.now()
  copyWith(bug)
  const { isNoticed, by } = look(bug)
  if (!isNoticed) survivors.push(bug.name)
  const seconds = Math.round((Date.now() - from) / 1_000)
  const verdict = isNoticed ? 'noticed' : 'NOT noticed'
  process.stdout.write(`${bug.name}: ${verdict} by ${by}, ${seconds} s\n`)
}

rmSync(copy, { recursive: true, force: true })
process.stdout.write(`${survivors.length} of the planted bugs not noticed\n`)
process.exit(survivors.length > 0 ? 1 : 0)
