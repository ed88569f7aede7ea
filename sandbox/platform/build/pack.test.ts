import { mkdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { listPackage, packApp } from './pack'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'pack-'))
  const files = [
    'manifest.json',
    'README.md',
    'package.json',
    'docs/README.md',
    'node/package.json',
    'node/index.ts',
    'node/deep/er/x.test.ts',
    'node/node_modules/dep/index.js',
    'node_modules/dep/index.js',
    '.git/HEAD',
    '.editorconfig',
    'sandbox/a/b.ts',
    'sandbox/.hidden',
    'notes.log',
    'docs/kept.log',
  ]
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), file)
  }
})

afterEach(() => rm(root, { recursive: true }))

it('listPackage includes all files except packages, .git, and package.json and README.md of the root', async () => {
  expect(await listPackage(root)).toEqual([
    '.editorconfig',
    'docs/README.md',
    'docs/kept.log',
    'manifest.json',
    'node/deep/er/x.test.ts',
    'node/index.ts',
    'node/package.json',
    'notes.log',
    'sandbox/.hidden',
    'sandbox/a/b.ts',
  ])
})

it('packApp skips the files in .vtexignore and copies the others', async () => {
  writeFileSync(
    join(root, '.vtexignore'),
    '# tests\nnode/**/*.test.ts\r\n\nsandbox/\n*.log\n.*\nmissing/'
  )
  const expected = [
    'docs/README.md',
    'docs/kept.log',
    'manifest.json',
    'node/index.ts',
    'node/package.json',
  ]
  expect(await listPackage(root)).toEqual(expected)
  const target = await mkdtemp(join(tmpdir(), 'packed-'))
  await packApp(root, target)
  expect(await listPackage(target)).toEqual(expected)
  await rm(target, { recursive: true })
})
