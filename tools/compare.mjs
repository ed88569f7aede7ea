// Is a full export as fast as it was? `node tools/compare.mjs OLD NEW [--skus 30000] [--rounds 3]` takes the folders of
// two checkouts with their packages installed, has each of them in turn export that many SKUs of own stock in its own
// sandbox, and prints the wall times, from acceptance to the end, and the ratio of their medians.
import { spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

// Run in a checkout, which need not have this file; its sandbox is the same in all of them.
const EXPORT = `
const { mkdtempSync, rmSync } = require('node:fs')
const { tmpdir } = require('node:os')
const { join } = require('node:path')
const { awaitEnd, ROUTES, startExport } = require('./sandbox/cli/exports')
const { startSandbox, TOKEN } = require('./sandbox/sandbox')

async function main() {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'compare-'))
  const settings = { sellers: '1' }
  const options = { skus: Number(process.argv.at(-1)), centra: false, stateDirectory, settings }
  const sandbox = await startSandbox(options)
  try {
    // It shares a process with the upstreams, whose responses would wait for it.
    sandbox.intershop.importer.pause()
    const exportId = await startExport(sandbox.url)
    const { status, offers } = await awaitEnd(sandbox.url, exportId)
    const url = sandbox.url + ROUTES + '/exports/' + exportId
    const report = await (await fetch(url, { headers: { token: TOKEN } })).json()
    const ms = Date.parse(report.endedAt) - Date.parse(report.acceptedAt)
    console.log(JSON.stringify({ status, sent: offers.sent, ms }))
  } finally {
    await sandbox.stop()
    rmSync(stateDirectory, { recursive: true, force: true })
  }
}

main().then(() => process.exit(0), (error) => { console.error(error); process.exit(1) })
`

/** What an export of a checkout came to. */
const exported = (checkout, skus) =>
  new Promise((done, fail) => {
    const command = ['--import', 'tsx', '--input-type=commonjs', '--eval', EXPORT]
    const stdio = ['ignore', 'pipe', 'inherit']
    const child = spawn(process.execPath, [...command, '--', skus], { cwd: checkout, stdio })
    let said = ''
    child.stdout.on('data', (part) => {
      said += part
    })
    child.once('error', fail)
    child.once('close', (code) => {
      const line = said.trim().split('\n').at(-1)
      if (code !== 0 || !line) return fail(new Error(`${checkout}: no export; exit code ${code}`))
      const found = JSON.parse(line)
      if (found.status === 'completed') done(found)
      else fail(new Error(`${checkout}: ${line}`))
    })
  })

const median = (times) => {
  const sorted = [...times].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

const { values, positionals } = parseArgs({
  options: { skus: { type: 'string', default: '30000' }, rounds: { type: 'string', default: '3' } },
  allowPositionals: true,
})
if (positionals.length !== 2) {
  process.stderr.write('node tools/compare.mjs OLD NEW [--skus 30000] [--rounds 3]\n')
  process.exit(2)
}
const checkouts = positionals.map((path, index) => ({
  name: index === 0 ? 'old' : 'new',
  path: resolve(path),
  times: [],
}))
for (let round = 1; round <= Number(values.rounds); round++) {
  for (const { name, path, times } of checkouts) {
    const { ms, sent } = await exported(path, values.skus)
    times.push(ms)
    process.stdout.write(`round ${round}, ${name}: ${(ms / 1_000).toFixed(1)} s, ${sent} offers\n`)
  }
}
const [before, after] = checkouts.map(({ times }) => median(times))
const seconds = (ms) => `${(ms / 1_000).toFixed(1)} s`
process.stdout.write(
  `medians: old ${seconds(before)}, new ${seconds(after)}; new / old ${(after / before).toFixed(2)}\n`
)
