import { execFileSync } from 'child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'fs'
import { tmpdir } from 'os'
import { join } from 'path'

import { parseSettings } from '../../node/settings/settings'
import { packApp } from '../../sandbox/platform'
import { readPolicies } from '../../sandbox/platform/egress/policies'

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
        '.npmrc',
        'node/index.ts',
        'node/service.json',
        'node/package.json',
        'node/yarn.lock',
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

  test('holds nothing else: no test, no sandbox, no tool, no dotfile but .npmrc', () => {
    const foreign = files.filter(
      (path) =>
        !/^(manifest\.json|CHANGELOG\.md|\.npmrc|(docs|messages|node)\/.+)$/.test(path) ||
        /\.test\.ts$|node_modules|\/\./.test(path)
    )
    expect(foreign).toEqual([])
  })

  test('holds as docs only the pages for merchants and operators, since VTEX publishes each of them', () => {
    expect(files.filter((path) => path.endsWith('.md')).sort()).toEqual([
      'CHANGELOG.md',
      'docs/README.md',
      'docs/operations.md',
    ])
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

  test('gives every setting of its form a title, and manifest, package, changelog and docs one version', () => {
    const manifest = JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8'))
    const app = JSON.parse(readFileSync(join(target, 'node', 'package.json'), 'utf8'))
    const fields: Array<{ title?: string }> = Object.values(manifest.settingsSchema.properties)
    expect(fields.filter(({ title }) => !title)).toEqual([])
    expect(app.version).toBe(manifest.version)
    const read = (file: string) => readFileSync(join(target, file), 'utf8')
    const [, latest] =
      /^## \[(\d+\.\d+\.\d+)\] - \d{4}-\d\d-\d\d$/m.exec(read('CHANGELOG.md')) ?? []
    expect(latest).toBe(manifest.version)
    expect(read('docs/README.md')).toContain(
      `${manifest.vendor}.${manifest.name}@${manifest.version}`
    )
  })

  test('names itself in service.json as the sender of its work events, or none would reach it', () => {
    const read = (file: string) => JSON.parse(readFileSync(join(target, file), 'utf8'))
    const { vendor, name } = read('manifest.json')
    expect(read('node/service.json').events.work.sender).toBe(`${vendor}.${name}`)
  })

  test('gives every setting of its form a text in each language, and no other', () => {
    const read = (file: string) => JSON.parse(readFileSync(join(target, file), 'utf8'))
    const fields: Record<string, object> = read('manifest.json').settingsSchema.properties
    const prefix = 'admin/intershop-integration.'
    const ofTheApp = [`${prefix}title`, `${prefix}description`]
    const ofFields = Object.entries(fields).flatMap(([name, field]) =>
      ['title', 'description']
        .filter((each) => each in field)
        .map((each) => `${prefix}${name}.${each}`)
    )
    for (const language of ['context', 'en', 'es', 'pt', 'ro']) {
      const texts = read(`messages/${language}.json`)
      expect([language, Object.keys(texts).sort()]).toEqual([
        language,
        [...ofTheApp, ...ofFields].sort(),
      ])
    }
    for (const [name, field] of Object.entries(fields)) {
      const { [`${prefix}${name}.title`]: title } = read('messages/en.json')
      expect(field).toMatchObject({ title })
    }
  })

  describe('takes as centraUrl', () => {
    const drop = { sftpHost: 'drop.example', sftpUser: 'vtex', sftpPassword: 'x' }
    const takes = (centraUrl: string) => {
      try {
        return parseSettings({ ...drop, centraUrl }, { production: false }).centraUrl === centraUrl
      } catch {
        return false
      }
    }
    const isReachable = (centraUrl: string) => {
      const { hostname, pathname } = new URL(centraUrl)
      const { policies } = JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8'))
      const installed = { account: 'acme', workspace: 'master' }
      return readPolicies({ policies }, installed).allowsOutbound(hostname, `${pathname}/stock`)
    }

    test.each([
      ...['https://acme.centra.com/api/order-api', 'https://sandbox.centra.com/api/order-api'],
      ...[
        'https://a.b.centra.com/api/x/y',
        'https://centra.com/api/x',
        'https://acme.centra.com/x',
      ],
      ...['https://acme.centra.com/apis/x', 'https://acme.centra.com/x/api/y'],
      ...['https://acme.centra.com.example/api/x', 'https://acmecentra.com/api/x'],
      ...['https://shop.example/api/x', 'https://8.8.8.8/api/x', 'https://127.0.0.1:4000/api/x'],
      ...['https://localhost/api/x'],
    ])('what a policy of the manifest lets out to, and nothing else: %s', (centraUrl) => {
      expect(takes(centraUrl)).toBe(isReachable(centraUrl))
    })
  })
})
