import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { UsageError } from '../cli/options'
import { hasCode } from '../platform/files'
import { type Settings, SettingsStore, settingsSchema } from '../platform/settings'

const savedSchema = z.object({ values: settingsSchema, secrets: z.array(z.string()) })

/** The app's settings as its form has them, and which of them are secrets. */
export interface SettingsForm {
  names: readonly string[]
  secrets: readonly string[]
}

const manifestSchema = z.object({
  settingsSchema: z.object({
    properties: z.record(z.string(), z.object({ format: z.string().optional() })),
  }),
})

/** Reads the form of an app's settings from its manifest. */
export async function readForm(manifest: string): Promise<SettingsForm> {
  const { properties } = manifestSchema.parse(
    JSON.parse(await readFile(manifest, 'utf8'))
  ).settingsSchema
  const names = Object.keys(properties)
  return { names, secrets: names.filter((name) => properties[name]?.format === 'password') }
}

/**
 * Reads the file that `--settings` names. @throws {UsageError} that repeats nothing of its content, which may be secret.
 */
export async function readSettingsFile(file: string, { names }: SettingsForm): Promise<Settings> {
  const { success, data } = settingsSchema.safeParse(await readJson(file))
  if (!success) throw new UsageError(`--settings ${file}: expected a JSON object of app settings`)
  const unknown = Object.keys(data).filter((name) => !names.includes(name))
  if (unknown.length > 0) {
    throw new UsageError(
      `--settings ${file}: unknown settings (${unknown.length}); expected some of ${names.join(', ')}`
    )
  }
  // It would be a secret in a setting that is kept.
  const withUser = Object.keys(data).find((name) => /:\/\/[^/]*@/.test(String(data[name])))
  if (withUser === undefined) return data
  throw new UsageError(`--settings ${file}: ${withUser}: expected an address without a user`)
}

async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = hasCode(error, 'ENOENT') ? 'there is no such file' : 'the file is not readable'
    throw new UsageError(`--settings ${file}: ${code}`)
  })
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`--settings ${file}: the file is not JSON`)
  }
}

/**
 * The app's settings of a run on a real account. What is no secret survives a restart on disk; secrets are in memory
 * alone, and come from the file again.
 */
export class LiveSettings extends SettingsStore {
  private inForce: Settings = {}

  constructor(
    file: string,
    private readonly form: SettingsForm
  ) {
    super(file)
  }

  /**
   * The settings of a file, or without one those of the last run, as far as they are wanted.
   * @param wanted which settings of a file are used, by name
   * @throws {UsageError} where the last run's settings held secrets
   */
  async load(given: Settings | undefined, wanted: (name: string) => boolean): Promise<Settings> {
    const values = given ?? (await this.lastRun(wanted))
    if (given !== undefined) await this.keep(given)
    return Object.fromEntries(Object.entries(values).filter(([name]) => wanted(name)))
  }

  /** What the app reads from now on. It is nowhere but in memory. */
  use(settings: Settings): void {
    this.inForce = settings
  }

  override async read(): Promise<Settings> {
    return this.inForce
  }

  /** The app changes no settings; what it would save stays in memory. */
  override async save(next: Settings): Promise<void> {
    this.use(next)
  }

  private async keep(given: Settings): Promise<void> {
    const isSecret = ([name]: [string, unknown]) => this.form.secrets.includes(name)
    const entries = Object.entries(given)
    const values = Object.fromEntries(entries.filter((entry) => !isSecret(entry)))
    const secrets = entries.filter(isSecret).map(([name]) => name)
    await super.save({ values, secrets })
  }

  private async lastRun(wanted: (name: string) => boolean): Promise<Settings> {
    const { data } = savedSchema.safeParse(await super.read())
    const missing = data?.secrets.filter(wanted) ?? []
    if (missing.length === 0) return data?.values ?? {}
    throw new UsageError(
      `--settings: expected the file again, since secrets of the last run (${missing.join(', ')}) were not kept`
    )
  }
}
