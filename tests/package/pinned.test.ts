import { parse } from '@yarnpkg/lockfile'
import { execFileSync } from 'child_process'
import { existsSync, readFileSync } from 'fs'
import { dirname, join } from 'path'

const ROOT = join(__dirname, '..', '..')
const NODE = join(ROOT, 'node')

interface Package {
  name: string
  version: string
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

const readPackage = (folder: string): Package =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** The folder of the package that `require(name)` finds from `folder`; undefined where it is not installed. */
const installed = (folder: string, name: string): string | undefined => {
  const found = join(folder, 'node_modules', name)
  if (existsSync(join(found, 'package.json'))) return found
  return folder === ROOT ? undefined : installed(dirname(folder), name)
}

/** What a package makes yarn install; of node/ itself, its devDependencies too. */
const wantedBy = (folder: string) => {
  const { dependencies, devDependencies, optionalDependencies = {} } = readPackage(folder)
  const all = {
    ...dependencies,
    ...(folder === NODE && devDependencies),
    ...optionalDependencies,
  }
  return (
    Object.entries(all)
      .map(([name, range]) => ({ name, range, found: installed(folder, name) }))
      // npm leaves out what is optional and does not run on this machine.
      .filter(({ name, found }) => found !== undefined || !(name in optionalDependencies))
  )
}

/** Each `name@range` that is wanted in the tree of node/, with the version that is installed for it. */
function installedVersions() {
  const versions = new Map<string, string>()
  const visited = new Set<string>()
  const visit = (folder: string): void => {
    if (visited.has(folder)) return
    visited.add(folder)
    for (const { name, range, found } of wantedBy(folder)) {
      versions.set(`${name}@${range}`, found ? readPackage(found).version : 'not installed')
      if (found !== undefined) visit(found)
    }
  }
  visit(NODE)
  return versions
}

/** VTEX's builder installs with yarn v1 inside node/. */
describe('node/yarn.lock', () => {
  const text = readFileSync(join(NODE, 'yarn.lock'), 'utf8')
  const pinned: Record<string, { version: string; resolved?: string; integrity?: string }> =
    parse(text).object

  it('equals what `npm run pin` makes of package-lock.json', () => {
    const pin = join(ROOT, 'tools', 'pin.mjs')
    expect(() => execFileSync(process.execPath, [pin, '--check'], { stdio: 'pipe' })).not.toThrow()
  })

  it('pins every dependency of node/package.json, @vtex/api and other devDependencies too', () => {
    const { dependencies, devDependencies } = readPackage(NODE)
    const patterns = Object.entries({ ...dependencies, ...devDependencies }).map(
      ([name, range]) => `${name}@${range}`
    )
    expect(patterns).toContain(`@vtex/api@${devDependencies?.['@vtex/api']}`)
    expect(patterns.filter((pattern) => !(pattern in pinned))).toEqual([])
  })

  it('pins the versions that are installed and tested here, down the whole tree', () => {
    const versions = installedVersions()
    expect(versions.size).toBeGreaterThan(300)
    for (const [pattern, version] of versions) {
      expect([pattern, pinned[pattern]?.version]).toEqual([pattern, version])
    }
  })

  // Its own version comes from GitHub, on a branch that moves; npm's is what `overrides` installs here.
  it('pins stats-lite, which @vtex/api takes from GitHub, to the version of the registry', () => {
    expect(pinned['stats-lite@vtex/node-stats-lite#dist']?.resolved).toBe(
      `stats-lite/-/stats-lite-${readPackage(join(ROOT, 'node_modules/stats-lite')).version}.tgz`
    )
  })

  // yarn v1 takes an entry without `resolved` for none, and resolves a path below the registry that it is set to.
  it("gives each tarball's path below a registry and its digest, and names no host", () => {
    for (const [pattern, { resolved, integrity }] of Object.entries(pinned)) {
      expect([pattern, resolved, integrity]).toEqual([
        pattern,
        expect.stringMatching(/^(@[\w.-]+\/)?[\w.-]+\/-\/[\w.-]+\.tgz$/),
        expect.stringMatching(/^sha512-/),
      ])
    }
    expect(text).not.toMatch(/:\/\//)
  })
})
