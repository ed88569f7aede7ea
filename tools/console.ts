// `npm run console` writes node/handlers/consolePage.ts, the console as VTEX's builder takes it: from console/ and the
// texts in messages/. tests/package/console.test.ts fails where it differs.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bundlePage } from '../console/bundle'
import { CONSOLE_PREFIX } from './settings'

const ROOT = join(__dirname, '..')
export const GENERATED = join(ROOT, 'node', 'handlers', 'consolePage.ts')

/** The console's texts of a language, without the prefix of their keys. */
function textsOf(language: string): Record<string, string> {
  const file = join(ROOT, 'messages', `${language}.json`)
  const all = Object.entries<string>(JSON.parse(readFileSync(file, 'utf8')))
  return Object.fromEntries(
    all
      .filter(([key]) => key.startsWith(CONSOLE_PREFIX))
      .map(([key, text]) => [key.slice(CONSOLE_PREFIX.length), text])
  )
}

/** The module's text. */
export async function consoleModule(): Promise<string> {
  const texts = Object.fromEntries(['en', 'es', 'pt', 'ro'].map((each) => [each, textsOf(each)]))
  const { html, policy } = await bundlePage({
    title: 'Intershop stock',
    script: 'main.ts',
    styles: ['page.css'],
    constants: { TEXTS: JSON.stringify(texts) },
  })
  return [
    '// Written by `npm run console` from console/ and messages/: edit those.',
    `export const policy = ${JSON.stringify(policy)}`,
    `export const html = ${JSON.stringify(html)}`,
    '',
  ].join('\n')
}

if (require.main === module) {
  consoleModule().then((text) => writeFileSync(GENERATED, text))
}
