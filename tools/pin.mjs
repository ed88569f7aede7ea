// Writes node/yarn.lock anew from package-lock.json: VTEX's builder installs with yarn v1 inside node/, and gets
// the versions that are tested here. With --check it writes nothing, and fails where the file is not up to date.
//
// `resolved` is the tarball's path below whichever registry yarn is configured with: it names no host, but it has
// to be there, since yarn v1 takes an entry without it for none, silently, and picks the newest version.
//
// @vtex/api is in it like any other package, for yarn installs what node/package.json names, though the platform
// supplies its own at run time. What it depends on from GitHub (stats-lite) is pinned to what npm installs in its
// place here, by `overrides` of package.json: yarn takes an entry of the lock file whatever the pattern asks for.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import lockfile from '@yarnpkg/lockfile'

const { stringify } = lockfile

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const WORKSPACE = 'node'
const TARGET = join(ROOT, WORKSPACE, 'yarn.lock')

/** The content of yarn.lock for a workspace of package-lock.json. */
function pin({ packages }, workspace) {
  const pinned = new Map()
  const entries = new Map()
  const visited = new Set()

  const visit = (path) => {
    if (visited.has(path)) return
    visited.add(path)
    for (const [name, range] of Object.entries(
      dependenciesOf(packages[path], path === workspace)
    )) {
      const found = find(packages, path, name)
      const pattern = `${name}@${range}`
      const before = pinned.get(pattern)
      if (before !== undefined && packages[before].version !== packages[found].version) {
        throw new Error(`yarn has one version for ${pattern}, npm ${before} and ${found}`)
      }
      pinned.set(pattern, before ?? found)
      visit(found)
    }
  }
  visit(workspace)

  // stringify writes patterns with one and the same entry together.
  const entryOf = (path) => {
    const {
      name = nameIn(path),
      version,
      integrity,
      dependencies,
      optionalDependencies,
    } = packages[path]
    const file = `${name.split('/').at(-1)}-${version}.tgz`
    const resolved = `${name}/-/${file}`
    const lists = { dependencies, optionalDependencies }
    const entry = entries.get(resolved) ?? { version, resolved, integrity, ...withoutEmpty(lists) }
    entries.set(resolved, entry)
    return entry
  }
  return stringify(
    Object.fromEntries([...pinned].map(([pattern, path]) => [pattern, entryOf(path)]))
  )
}

/** What yarn installs for a package: of the workspace itself, its devDependencies too. */
function dependenciesOf({ dependencies, optionalDependencies, devDependencies }, isWorkspace) {
  return { ...dependencies, ...optionalDependencies, ...(isWorkspace && devDependencies) }
}

/** Where npm put the package that `require(name)` finds from `path`. */
function find(packages, path, name) {
  for (let folder = path; ; folder = parentOf(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (packages[candidate] !== undefined) return candidate
    if (folder === '') throw new Error(`package-lock.json lacks ${name}, which ${path} depends on`)
  }
}

/** The folder whose packages are looked at next: `a` for `a/node_modules/b`, the root for `node`. */
const parentOf = (folder) => folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))

const nameIn = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

const withoutEmpty = (lists) =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => Object.keys(list ?? {}).length > 0))

const content = pin(JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')), WORKSPACE)

if (process.argv.includes('--check')) {
  if (readFileSync(TARGET, 'utf8') !== content) {
    process.stderr.write('node/yarn.lock is not what package-lock.json pins: run `npm run pin`\n')
    process.exitCode = 1
  }
} else {
  writeFileSync(TARGET, content)
}
