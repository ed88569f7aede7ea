import { execFileSync } from 'child_process'
import { join } from 'path'

test('tools/planted.mjs --check finds a place for each mutation in the app', () => {
  const planted = join(__dirname, '..', '..', 'tools', 'planted.mjs')
  expect(() =>
    execFileSync(process.execPath, [planted, '--check'], { stdio: 'pipe' })
  ).not.toThrow()
})
