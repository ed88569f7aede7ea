import type { Answer } from './http'
import type { Written } from './written'

/** Stands in every secret of a test, and nowhere else. */
export const MARK = 'S3cretMark'

/** A recognisable secret, with characters that change where it is encoded. */
export const secret = (name: string) => `${MARK}-${name}/+@ü`

/** The middle of what base64 makes of a text, wherever in something longer it stands. */
function base64(text: string): string[] {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.from('\0'.repeat(before) + text).toString('base64')
    return encoded.slice(Math.ceil((before * 8) / 6), Math.floor(((before + text.length) * 8) / 6))
  })
}

const plain = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** Finds a text as it is, in hex, URL-encoded to the last character, and within base64 of either alphabet. */
export function finderOf(texts: readonly string[]): (where: string) => string[] {
  const anyCase = texts.flatMap((text) => {
    const hex = Buffer.from(text).toString('hex')
    return [plain(text), plain(encodeURIComponent(text)), hex, hex.replace(/../g, '%$&')]
  })
  const exact = texts.flatMap(base64).map((text) => plain(text).replace(/\\\+/g, '[-+]'))
  const patterns = [
    new RegExp(anyCase.join('|'), 'gi'),
    new RegExp(exact.join('|').replace(/\//g, '[/_]'), 'g'),
  ]
  return (where) =>
    patterns
      .flatMap((pattern) => [...where.matchAll(pattern)])
      .map(({ index }) => where.slice(Math.max(0, index - 100), index + 100))
}

/** Where secrets stand: in answers, their headers included, and in files or the names of files. */
export function leaksIn(
  find: (where: string) => string[],
  answers: readonly Answer[],
  files: readonly Written[]
): string[] {
  return [
    ...answers.flatMap(({ status, headers, body }) =>
      find(`${JSON.stringify(headers)} ${body.toString('latin1')}`).map(
        (text) => `an answer ${status}: ${text}`
      )
    ),
    ...files.flatMap(({ path, text }) =>
      find(`${path}\n${text}`).map((found) => `${path}: ${found}`)
    ),
  ]
}
