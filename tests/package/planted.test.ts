import { execFileSync } from 'child_process'
import { join } from 'path'

test('each bug that `npm run planted` plants has a place in the app as it is', () => {
  const planted = join(__dirname, '..', '..', 'tools', 'planted.mjs')
  expect(() =>
    execFileSync(process.execPath, [planted, '--check'], { stdio: 'pipe' })
  ).not.toThrow()
})
