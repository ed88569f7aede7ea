import { execFileSync } from 'child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'fs'
import { tmpdir } from 'os'
import { join } from 'path'

import { packApp } from '../../sandbox/platform'

const ROOT = join(__dirname, '..', '..')

/** What VTEX takes, as `vtex publish` would upload it from this checkout. */
describe('the app that is uploaded to VTEX', () => {
  let target: string
  let files: string[]

  beforeAll(async () => {
    target = mkdtempSync(join(tmpdir(), 'package-'))
    files = await packApp(ROOT, target)
  })

  afterAll(() => rmSync(target, { recursive: true, force: true }))

  test('holds the app, its manifest, its docs and its texts in four languages', () => {
    expect(files).toEqual(
      expect.arrayContaining([
        'manifest.json',
        'CHANGELOG.md',
        'node/index.ts',
        'node/service.json',
        'node/package.json',
        'node/tsconfig.json',
        'docs/README.md',
        'messages/context.json',
        'messages/en.json',
        'messages/es.json',
        'messages/pt.json',
        'messages/ro.json',
      ])
    )
  })

  test('holds nothing else: no test, no sandbox, no tool, no lock file, no dotfile', () => {
    const foreign = files.filter(
      (path) =>
        !/^(manifest\.json|CHANGELOG\.md|(docs|messages|node)\/.+)$/.test(path) ||
        /\.test\.ts$|node_modules|(^|\/)\./.test(path)
    )
    expect(foreign).toEqual([])
  })

  test('compiles alone, with its own tsconfig.json and TypeScript 5.5.3', () => {
    symlinkSync(join(ROOT, 'node_modules'), join(target, 'node_modules'))
    const compiler = join(ROOT, 'node_modules', 'typescript')
    expect(JSON.parse(readFileSync(join(compiler, 'package.json'), 'utf8')).version).toBe('5.5.3')
    execFileSync(
      process.execPath,
      [join(compiler, 'bin', 'tsc'), '-p', join(target, 'node'), '--outDir', join(target, 'out')],
      { stdio: 'pipe' }
    )
    expect(existsSync(join(target, 'out', 'index.js'))).toBe(true)
  })

  test('names exact versions, and each of its dependencies loads with require()', () => {
    const { dependencies } = JSON.parse(readFileSync(join(target, 'node', 'package.json'), 'utf8'))
    const names = Object.keys(dependencies)
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) {
      expect(dependencies[name]).toMatch(/^\d+\.\d+\.\d+$/)
      // A process of its own: jest's require would transform what node's cannot load.
      execFileSync(process.execPath, ['-e', `require(${JSON.stringify(name)})`], { cwd: ROOT })
    }
  })

  test('gives every setting of its form a title, and the manifest and the package one version', () => {
    const manifest = JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8'))
    const app = JSON.parse(readFileSync(join(target, 'node', 'package.json'), 'utf8'))
    const fields: Array<{ title?: string }> = Object.values(manifest.settingsSchema.properties)
    expect(fields.filter(({ title }) => !title)).toEqual([])
    expect(app.version).toBe(manifest.version)
  })
})
