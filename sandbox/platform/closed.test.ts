import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Platform } from '.'
import { act, startFixture } from './fixture/start'
import { type Settings, SettingsStore } from './settings'

/** Settings that are in memory alone. */
class InMemory extends SettingsStore {
  private settings: Settings = {}

  override async read(): Promise<Settings> {
    return this.settings
  }

  override async save(next: Settings): Promise<void> {
    this.settings = next
  }
}

let directory: string
let platform: Platform

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'platform-'))
  const settings = new InMemory(join(directory, 'nowhere.json'))
  await settings.save({ token: 'in-memory' })
  platform = await startFixture(directory, {
    ...{ replicas: 1, control: false, initialSettings: undefined, settings },
  })
})

afterAll(async () => {
  await platform.stop()
  await rm(directory, { recursive: true })
})

it('gives the app the settings of a store of its own, and writes none', async () => {
  expect(await act(platform, 'settings')).toEqual({ result: { token: 'in-memory' } })
  const files = await readdir(directory, { recursive: true, withFileTypes: true })
  for (const file of files.filter((each) => each.isFile())) {
    expect(file.name).not.toBe('settings.json')
    expect(await readFile(join(file.parentPath, file.name), 'utf8')).not.toContain('in-memory')
  }
})

it.each(['settings', 'vbase', 'replicas', 'faults', ''])(
  'serves nothing under /_sandbox/%s where there is to be no control API',
  async (path) => {
    for (const method of ['GET', 'PUT', 'POST', 'DELETE']) {
      const response = await fetch(`${platform.url}/_sandbox/${path}`, { method })
      expect([response.status, await response.json()]).toEqual([
        404,
        expect.objectContaining({ code: 'NotFound' }),
      ])
    }
  }
)
