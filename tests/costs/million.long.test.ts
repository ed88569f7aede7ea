import { execFile } from 'child_process'
import { join } from 'path'
import { promisify } from 'util'

const run = promisify(execFile)

it('a full export of 1,000,000 SKUs and an update after it complete in a heap of 96 MB', async () => {
  const script = join(__dirname, 'million.ts')
  const options = ['--max-old-space-size=96', '--import', 'tsx', script]
  const { stdout } = await run(process.execPath, options)
  expect(JSON.parse(stdout)).toEqual({
    ...{ status: 'completed', sent: 1_000_000, wrong: 0, update: 'completed' },
  })
}, 3_600_000)
