// `npm run settings` writes what follows from node/settings/settingsTable.ts: the form in manifest.json, the English
// texts in messages/en.json, and what translators are told in messages/context.json. And what follows from the manifest's
// policies: node/settings/outbound.ts, since the running app cannot read its manifest. tests/package/settings.test.ts fails
// where a file differs, a translation is missing, or the docs do not name a setting.
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

import { english as consoleTexts } from '../console/texts'
import { changesNoOffer, changesOffers, settingsTable } from '../node/settings/settingsTable'

const ROOT = join(__dirname, '..')
const PREFIX = 'admin/intershop-integration.'
/** Texts of the console page; its code names them without the prefix. */
export const CONSOLE_PREFIX = `${PREFIX}console.`

const manifest = z
  .record(z.string(), z.unknown())
  .parse(JSON.parse(readFileSync(join(ROOT, 'manifest.json'), 'utf8')))
const { title, description } = z
  .object({ title: z.string(), description: z.string() })
  .parse(manifest)
const app = { title, description }

const settings = Object.entries(settingsTable.shape).map(([name, schema]) => {
  const texts = changesOffers.get(schema) ?? changesNoOffer.get(schema)
  if (texts === undefined) throw new Error(`${name}: no title and description in the table`)
  return { name, schema, texts }
})

/** A field's type is that of its default: a setting without one is typed as text. */
const typeOf = (fallback: unknown) =>
  typeof fallback === 'number' ? 'integer' : typeof fallback === 'boolean' ? 'boolean' : 'string'

const fields = settings.map(({ name, schema, texts }) => {
  const fallback = schema.parse(undefined)
  const { enum: words } = z.toJSONSchema(schema, { unrepresentable: 'any' })
  const isSet = fallback !== undefined && String(fallback) !== ''
  const field = {
    ...{ title: texts.title, description: texts.description, type: typeOf(fallback) },
    ...(words && { enum: words }),
    ...(isSet && { default: fallback }),
    ...(texts.format && { format: texts.format }),
  }
  return [name, field] as const
})

/** `settingsSchema` of manifest.json: the form in the VTEX Admin. */
export const settingsSchema = {
  title,
  type: 'object',
  properties: Object.fromEntries(fields),
}

const policiesSchema = z.array(
  z.object({ name: z.string(), attrs: z.object({ host: z.string(), path: z.string() }).optional() })
)

/** node/settings/outbound.ts */
export const outbound = policiesSchema
  .parse(manifest.policies)
  .flatMap(({ name, attrs }) => (name === 'outbound-access' && attrs ? [attrs] : []))

type Pair = Record<'title' | 'description', string>

/** Two texts of the app itself and two of each setting, by their keys. */
const messages = (ofApp: Pair, of: (setting: (typeof settings)[number]) => Pair) =>
  Object.fromEntries(
    [
      { prefix: PREFIX, pair: ofApp },
      ...settings.map((each) => ({ prefix: `${PREFIX}${each.name}.`, pair: of(each) })),
    ].flatMap(({ prefix, pair }) => [
      [`${prefix}title`, pair.title],
      [`${prefix}description`, pair.description],
    ])
  )

const ofConsole = (textOf: (text: string) => string) =>
  Object.fromEntries(
    Object.entries(consoleTexts).map(([key, text]) => [`${CONSOLE_PREFIX}${key}`, textOf(text)])
  )

/** messages/en.json */
export const english = { ...messages(app, ({ texts }) => texts), ...ofConsole((text) => text) }

/** messages/context.json: what VTEX's translation, and people who translate, are told of each text. */
const settingContexts = messages(
  {
    title: 'Name of the app in the VTEX Admin. Intershop is a brand and is not translated.',
    description: 'One sentence under the name: what the app does. VTEX and Intershop are brands.',
  },
  ({ name, texts }) => ({
    title: `Title of the setting ${name} in a form. Its description: ${texts.description}`,
    description:
      `Description of the setting "${texts.title}". Values, addresses, names of brands and HTTP headers, and what ` +
      'stands in braces or backquotes stay as they are.',
  })
)

export const contexts = {
  ...settingContexts,
  ...ofConsole((text) => `On the page that shows the exports of stock: "${text}". Braces stay.`),
}

if (require.main === module) {
  const files = {
    'manifest.json': { ...manifest, settingsSchema },
    'messages/en.json': english,
    'messages/context.json': contexts,
  }
  for (const [file, content] of Object.entries(files)) {
    writeFileSync(join(ROOT, file), JSON.stringify(content, null, 2))
  }
  const entries = outbound
    .map(({ host, path }) => `{ host: ${JSON.stringify(host)}, path: ${JSON.stringify(path)} },`)
    .join('\n')
  const code = `// Written by \`npm run settings\` from the policies of manifest.json.

/** The hosts and paths that VTEX lets the app call. */
export const OUTBOUND: ReadonlyArray<{ host: string; path: string }> = [${entries}]
`
  const module = 'node/settings/outbound.ts'
  writeFileSync(join(ROOT, module), code)
  const format = ['--no-install', 'biome', 'format', '--write', ...Object.keys(files), module]
  execFileSync('npx', format, { cwd: ROOT, stdio: 'inherit' })
}
