import { chosenLanguage } from './session'
import type { TextKey } from './texts'

/** Texts by language: messages/*.json, put in by the build. */
declare const TEXTS: Readonly<Record<string, Readonly<Partial<Record<string, string>>>>>

/** Languages, each by its own name. */
export const LANGUAGES = { en: 'English', es: 'Español', pt: 'Português', ro: 'Română' } as const
export type Language = keyof typeof LANGUAGES

const isLanguage = (text: string | null): text is Language =>
  text !== null && Object.hasOwn(LANGUAGES, text)

/** The chosen language, else the first of the browser's that there is, else English. */
export function language(): Language {
  const wanted = [chosenLanguage.get(), ...navigator.languages.map((each) => each.slice(0, 2))]
  return wanted.find(isLanguage) ?? 'en'
}

type Values = Readonly<Record<string, string | number>>

const textOf = (key: string) => TEXTS[language()]?.[key] ?? TEXTS.en?.[key]

const filled = (text: string, values: Values) =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))

/** A text in the user's language, with its `{placeholders}` filled in. */
export const t = (key: TextKey, values: Values = {}) => filled(textOf(key) ?? key, values)

/** A text whose key comes from the app, such as a code; `fallback` where there is none. */
export const maybe = (key: string, fallback: string, values: Values = {}) => {
  const text = textOf(key)
  return text === undefined ? fallback : filled(text, values)
}
