// The sandbox in a process of its own, which ends with its parent: node --import tsx bench/doubles.ts '{"skus": 1000}'
// A message `{"sell": 20}` sells one unit of as many SKUs that were not sold before; the answer is their ids.
import { temporaryFolder } from '../sandbox/common/temporary-folder'
import { type SandboxOptions, startSandbox } from '../sandbox/sandbox'
import type { Account } from '../sandbox/world/commerce/account'
import { kindsOf } from '../sandbox/world/commerce/kinds'

const SEED = 1

/** SKUs whose quantity falls by a unit when one is sold. */
function* sellable({ catalog }: Account) {
  for (const id of catalog.ids()) {
    const { product, state, stock } = kindsOf(SEED, id)
    if ([product, state, stock].every((kind) => kind === 'ordinary')) yield id
  }
}

function sell(account: Account, unsold: Iterator<number>, count: number): number[] {
  const sold: number[] = []
  while (sold.length < count) {
    const { done, value } = unsold.next()
    if (done) break
    if (account.sell(value, 1)) sold.push(value)
  }
  return sold
}

async function main() {
  const options = JSON.parse(process.argv[2] ?? '{}') as Omit<SandboxOptions, 'stateDirectory'>
  const folder = temporaryFolder()
  const sandbox = await startSandbox({ ...options, seed: SEED, stateDirectory: folder.path })
  const { url, intershop, platform, commerce } = sandbox
  const unsold = sellable(commerce)
  process.on('message', ({ sell: count }: { sell: number }) => {
    process.send?.({ sold: sell(commerce, unsold, count) })
  })
  process.once('disconnect', async () => {
    await sandbox.stop()
    folder.remove()
    process.exit()
  })
  const { egress, credential } = platform
  process.send?.({ url, egress, credential, inbox: intershop.folders.inbox })
}

main().catch((error: unknown) => {
  process.stderr.write(`${error}\n`)
  process.exit(1)
})
