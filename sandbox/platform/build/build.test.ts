import { mkdirSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildApp } from './build'

let root: string
let app: string
let builds: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'build-'))
  app = join(root, 'app')
  builds = join(root, 'builds')
  mkdirSync(join(app, 'node'), { recursive: true })
  const options = { target: 'es2022', module: 'commonjs', strict: true, types: [] }
  const tsconfig = { compilerOptions: options, exclude: ['**/*.test.ts'] }
  await writeFile(join(app, 'node', 'tsconfig.json'), JSON.stringify(tsconfig))
  await writeFile(join(app, 'node', 'service.json'), '{}')
  await writeFile(join(app, 'node', 'index.ts'), 'export const answer: number = 42')
  await writeFile(join(app, 'node', 'index.test.ts'), 'this is no TypeScript')
})

afterEach(() => rm(root, { recursive: true }))

it('buildApp compiles the same inputs once, also in two builds at the same time', async () => {
  const [one, other] = await Promise.all([buildApp(app, builds), buildApp(app, builds)])
  expect(one.directory).toBe(other.directory)
  expect(await readdir(builds)).toHaveLength(1)
  expect(require(join(one.directory, 'service', 'src', 'node', 'index.js')).answer).toBe(42)
  expect(await readdir(join(one.directory, 'service'))).toEqual(['service.json', 'src'])
  expect(await buildApp(app, builds)).toEqual({ directory: one.directory, compiled: false })

  await writeFile(join(app, 'node', 'index.ts'), 'export const answer = 43')
  const changed = await buildApp(app, builds)
  expect(changed.compiled).toBe(true)
  expect(require(join(changed.directory, 'service', 'src', 'node', 'index.js')).answer).toBe(43)
})

it('buildApp compiles imported folders beside node/, and builds again if one changes', async () => {
  for (const folder of ['shared', 'deeper', 'other']) mkdirSync(join(app, folder))
  await writeFile(join(app, 'shared', 'sum.ts'), "export { one } from '../deeper/one'")
  await writeFile(join(app, 'deeper', 'one.ts'), 'export const one = 1')
  await writeFile(join(app, 'node', 'index.ts'), "export { one as answer } from '../shared/sum'")
  const first = await buildApp(app, builds)
  const answer = ({ directory }: typeof first) =>
    require(join(directory, 'service', 'src', 'node', 'index.js')).answer
  expect(answer(first)).toBe(1)
  await writeFile(join(app, 'other', 'not-imported.ts'), 'export const no = 1')
  expect((await buildApp(app, builds)).compiled).toBe(false)
  await writeFile(join(app, 'deeper', 'one.ts'), 'export const one = 2')
  expect(answer(await buildApp(app, builds))).toBe(2)
})

it("buildApp compiles with the app's own TypeScript, if it has one", async () => {
  const own = join(app, 'node', 'node_modules', 'typescript')
  mkdirSync(own, { recursive: true })
  const source = `module.exports = {
    ...require('${require.resolve('typescript')}'),
    createProgram() { throw new Error('own compiler') }
  }`
  await writeFile(join(own, 'index.js'), source)
  await expect(buildApp(app, builds)).rejects.toThrow('own compiler')
})

it("buildApp throws the compiler's messages and leaves no files behind", async () => {
  await writeFile(join(app, 'node', 'index.ts'), 'export const answer: number = "42"')
  await expect(buildApp(app, builds)).rejects.toThrow(
    /index\.ts\(1,14\): error TS2322: Type 'string' is not assignable to type 'number'/
  )
  expect(await readdir(builds)).toEqual([])
})
