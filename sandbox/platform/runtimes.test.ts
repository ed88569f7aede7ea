import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startFixture } from './fixture/start'

const PACKAGES = join(__dirname, '..', '..', 'node_modules')

const SOURCE = `
import { Service, type ServiceContext } from '@vtex/api'
const hello = async (ctx: ServiceContext) => {
  const settings = await ctx.clients.apps.getAppSettings(process.env.VTEX_APP_ID ?? '')
  ctx.body = { settings, runtime: require('@vtex/api/package.json').version }
}
export default new Service({ routes: { hello } })
`

/** A small app that has another version of @vtex/api in its own node_modules. */
async function writeApp(app: string, runtime: string): Promise<void> {
  const node = join(app, 'node')
  await mkdir(join(node, 'node_modules', '@vtex'), { recursive: true })
  await symlink(join(PACKAGES, runtime), join(node, 'node_modules', '@vtex', 'api'), 'dir')
  await symlink(join(PACKAGES, '@types'), join(node, 'node_modules', '@types'), 'dir')
  const compilerOptions = { target: 'es2022', module: 'commonjs', types: ['node'], strict: true }
  const files: Record<string, unknown> = {
    'manifest.json': { vendor: 'sandbox', name: 'older', version: '1.0.0', policies: [] },
    'node/service.json': { routes: { hello: { path: '/_v/hello', public: true } } },
    'node/tsconfig.json': { compilerOptions: { ...compilerOptions, skipLibCheck: true } },
  }
  for (const [path, content] of Object.entries(files)) {
    await writeFile(join(app, path), JSON.stringify(content))
  }
  await writeFile(join(node, 'index.ts'), SOURCE)
}

it('the platform runs an app on the older runtime 6.45', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'runtimes-'))
  const appDirectory = join(directory, 'app')
  await writeApp(appDirectory, 'vtex-api-6.45')
  const buildDirectory = join(directory, 'builds')
  const platform = await startFixture(directory, { appDirectory, buildDirectory, replicas: 1 })
  try {
    const response = await fetch(`${platform.url}/_v/hello`)
    expect(await response.json()).toEqual({ settings: { token: 'first' }, runtime: '6.45.12' })
  } finally {
    await platform.stop()
    await rm(directory, { recursive: true })
  }
})
