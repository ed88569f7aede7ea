import { readFileSync } from 'fs'
import { join } from 'path'
import { z } from 'zod'

import { OUTBOUND } from '../../node/settings/outbound'
import { contexts, english, outbound, settingsSchema } from '../../tools/settings'

const read = (file: string) => readFileSync(join(__dirname, '..', '..', file), 'utf8')
const readTexts = (language: string) =>
  z.record(z.string(), z.string()).parse(JSON.parse(read(`messages/${language}.json`)))

const names = Object.keys(settingsSchema.properties)

/** What no translation may change: code, placeholders, addresses and numbers. */
const fixedParts = (text: string) =>
  (text.match(/`[^`]+`|\{\w+\}|https?:\S+|\?\w+=\w+|\/\w[\w/]+|\d+/g) ?? []).sort()

describe('what follows from the table of settings', () => {
  test.each([
    [
      'the form in manifest.json',
      () => JSON.parse(read('manifest.json')).settingsSchema,
      settingsSchema,
    ],
    ['messages/en.json', () => readTexts('en'), english],
    ['messages/context.json', () => readTexts('context'), contexts],
    ['node/settings/outbound.ts', () => OUTBOUND, outbound],
  ])('`npm run settings` was run: %s holds what the table says', (_, readFile, expected) => {
    expect(JSON.stringify(readFile(), null, 2)).toBe(JSON.stringify(expected, null, 2))
  })

  test('`npm run settings` was run: node/settings/outbound.ts holds the hosts that the manifest declares', () => {
    expect(OUTBOUND).toEqual(outbound)
  })

  describe.each(['es', 'pt', 'ro'])('messages/%s.json', (language) => {
    const texts = readTexts(language)

    test('translates each text of messages/en.json, in its order, and no other', () => {
      expect(Object.keys(texts)).toEqual(Object.keys(english))
      expect(Object.entries(texts).filter(([, text]) => text.trim() === '')).toEqual([])
    })

    test('translates each description, and keeps its code, addresses and numbers', () => {
      for (const [key, text] of Object.entries(english)) {
        expect([key, fixedParts(texts[key] ?? '')]).toEqual([key, fixedParts(text)])
        if (key.endsWith('.description')) expect(texts[key]).not.toBe(text)
      }
    })
  })

  test.each(names)('docs/README.md names the setting %s', (name) => {
    expect(read('docs/README.md')).toContain(`\`${name}\``)
  })
})
