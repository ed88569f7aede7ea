// The sandbox in a process of its own, which ends with its parent: node --import tsx bench/doubles.ts '{"skus": 1000}'
import { temporaryFolder } from '../sandbox/common/temporary-folder'
import { type SandboxOptions, startSandbox } from '../sandbox/sandbox'

async function main() {
  const options = JSON.parse(process.argv[2] ?? '{}') as Omit<SandboxOptions, 'stateDirectory'>
  const folder = temporaryFolder()
  const sandbox = await startSandbox({ ...options, stateDirectory: folder.path })
  const { url, intershop, platform } = sandbox
  const { egress, credential } = platform
  process.send?.({ url, egress, credential, inbox: intershop.folders.inbox })
  process.once('disconnect', async () => {
    await sandbox.stop()
    folder.remove()
    process.exit()
  })
}

main().catch((error: unknown) => {
  process.stderr.write(`${error}\n`)
  process.exit(1)
})
