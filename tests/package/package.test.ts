import { execFileSync } from 'child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'fs'
import { tmpdir } from 'os'
import { join } from 'path'

import { parseSettings, readSetting } from '../../node/settings/settings'
import { packApp } from '../../sandbox/platform'
import { readPolicies } from '../../sandbox/platform/egress/policies'

const ROOT = join(__dirname, '..', '..')

/** What VTEX takes, as `vtex publish` would upload it from this checkout. */
describe('the app package that is uploaded to VTEX', () => {
  let target: string
  let files: string[]

  beforeAll(async () => {
    target = mkdtempSync(join(tmpdir(), 'package-'))
    files = await packApp(ROOT, target)
  })

  afterAll(() => rmSync(target, { recursive: true, force: true }))

  test('contains the app, its manifest, its docs and its texts in four languages', () => {
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

  test('contains nothing else: no test, no sandbox, no tool, no dotfile but .npmrc', () => {
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
      'docs/alerts.md',
      'docs/api.md',
      'docs/connection-check.md',
      'docs/console.md',
      'docs/icm-rest.md',
      'docs/icm-sftp.md',
      'docs/iom-sftp.md',
      'docs/operations.md',
      'docs/sellers-refresh.md',
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

  test('names one version in manifest, package, changelog and docs', () => {
    const manifest = JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8'))
    const app = JSON.parse(readFileSync(join(target, 'node', 'package.json'), 'utf8'))
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

  describe('centraUrl', () => {
    const drop = { sftpHost: 'drop.example', sftpUser: 'vtex', sftpPassword: 'x' }
    const takes = (centraUrl: string) => {
      try {
        return parseSettings({ ...drop, centraUrl }).centraUrl === centraUrl
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
    ])('accepts only what a policy of the manifest allows: %s', (centraUrl) => {
      expect(takes(centraUrl)).toBe(isReachable(centraUrl))
    })
  })

  test.each([
    ...['https://icm.intershop.de', 'https://a.b.intershop.de', 'https://intershop.de'],
    ...['https://intershop.de.example.com', 'https://xintershop.de', 'https://shop.example.com'],
    'https://127.0.0.1',
  ])('icmUrl is accepted only where a policy of the manifest allows it: %s', (icmUrl) => {
    const { policies } = JSON.parse(readFileSync(join(target, 'manifest.json'), 'utf8'))
    const installed = { account: 'acme', workspace: 'master' }
    const isReachable = readPolicies({ policies }, installed).allowsOutbound(
      new URL(icmUrl).hostname,
      '/INTERSHOP/rest/WFS/site/-/token'
    )
    expect(readSetting({ icmUrl }, 'icmUrl') === icmUrl).toBe(isReachable)
  })
})
