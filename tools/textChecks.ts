import { HOUSE_WORDS, type HouseWord, PROSE_WORDS } from './houseWords'

/** Something that is refused, and what to write instead. */
export interface Finding {
  path: string
  /** From 1 on; 0 where it is the file's name or its size. */
  line: number
  message: string
}

/** The files that are checked: text by path, relative to the root, `/`-separated. */
export type Files = ReadonlyMap<string, string>

/** Words as `wc -w` counts them. */
export const WORD_LIMITS: Readonly<Record<string, number>> = {
  'README.md': 900,
  'docs/README.md': 3000,
  'docs/operations.md': 2500,
  'docs/architecture.md': 2500,
}
export const MAX_CELL = 120
export const MAX_SENTENCE = 35

const isMarkdown = (path: string) => path.endsWith('.md')
const isProse = (path: string) =>
  isMarkdown(path) && (path === 'README.md' || path.startsWith('docs/'))

/** Whether VTEX publishes a file as a page of the app, where only its own address is known. */
const isPublished = (path: string) =>
  /^docs\/[^/]+\.md$/.test(path) && path !== 'docs/architecture.md'

export const show = ({ path, line, message }: Finding) =>
  `${path}${line > 0 ? `:${line}` : ''}: ${message}`

/** House words of a file, its name among them. */
export function houseWords(path: string, text: string): Finding[] {
  const words = isProse(path) ? [...HOUSE_WORDS, ...PROSE_WORDS] : HOUSE_WORDS
  const lines = [path.slice(path.lastIndexOf('/') + 1), ...text.split('\n')]
  return lines.flatMap((content, line) => words.flatMap((word) => find(word, path, line, content)))
}

function find(
  { pattern, instead, unless }: HouseWord,
  path: string,
  line: number,
  content: string
) {
  const found = pattern.exec(content)?.[0]
  if (found === undefined || unless?.test(`${path}: ${content}`)) return []
  return [{ path, line, message: `house word "${found}"; write: ${instead}` }]
}

/** The lines of a Markdown file that are no code block, each with its number. */
function* outsideCode(text: string): Generator<{ line: number; content: string }> {
  let fence: string | undefined
  for (const [index, content] of text.split('\n').entries()) {
    const mark = /^\s*(```|~~~)/.exec(content)?.[1]
    if (mark && (fence === undefined || fence === mark)) fence = fence ? undefined : mark
    else if (fence === undefined) yield { line: index + 1, content }
  }
}

const isRow = (content: string) => /^\s*\|/.test(content)

/** Table cells that are too long to be read in a table. */
export function longCells(path: string, text: string): Finding[] {
  return [...outsideCode(text)].flatMap(({ line, content }) =>
    (isRow(content) ? content.split(/(?<!\\)\|/) : [])
      .filter((cell) => cell.trim().length > MAX_CELL)
      .map((cell) => ({
        path,
        line,
        message: `table cell of ${cell.trim().length} characters, ${MAX_CELL} are allowed; write a paragraph below the table`,
      }))
  )
}

const BLOCK_BEGINS = /^\s*(?:[-*+]\s|\d+\.\s|#|>|$)/
const ENDS = /[.!?][)"'*_\]]*$/

/** Sentences that are too long to be understood at once. A code span counts as one word, a table as none. */
export function longSentences(path: string, text: string): Finding[] {
  const found: Finding[] = []
  let words: string[] = []
  let begin = 0
  const end = () => {
    if (words.length > MAX_SENTENCE) {
      const start = words.slice(0, 5).join(' ')
      const message = `sentence of ${words.length} words, ${MAX_SENTENCE} are allowed; split it: "${start} ..."`
      found.push({ path, line: begin, message })
    }
    words = []
  }
  for (const { line, content } of outsideCode(text)) {
    if (BLOCK_BEGINS.test(content) || isRow(content)) end()
    if (isRow(content)) continue
    for (const word of wordsOf(content)) {
      if (words.length === 0) begin = line
      words.push(word)
      if (ENDS.test(word)) end()
    }
  }
  end()
  return found
}

const wordsOf = (content: string) =>
  content
    .replace(/`[^`]*`/g, 'code')
    .replace(/\]\([^)]*\)/g, ']')
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word))

/** A file of which nobody would read more. */
export function tooManyWords(path: string, text: string): Finding[] {
  const { [path]: limit = Number.POSITIVE_INFINITY } = WORD_LIMITS
  const { length } = text.split(/\s+/).filter(Boolean)
  const message = `${length} words, the limit is below ${limit}; shorten it, or move a topic to a page of its own`
  return length < limit ? [] : [{ path, line: 0, message }]
}

/** A heading's anchor, as GitHub makes it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')

const anchorsIn = (text: string) =>
  [...outsideCode(text)].flatMap(({ content }) => {
    const heading = /^#+\s+(.*)$/.exec(content)?.[1]
    return heading ? [anchorOf(heading)] : []
  })

/** Links that lead nowhere; in a page that VTEX publishes, also those to other files. */
export function brokenLinks(path: string, text: string, files: Files): Finding[] {
  return [...outsideCode(text)].flatMap(({ line, content }) =>
    [...content.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
      const message = problemOf(path, text, target, files)
      return message === undefined ? [] : [{ path, line, message: `link to ${target}: ${message}` }]
    })
  )
}

function problemOf(path: string, text: string, target: string, files: Files): string | undefined {
  if (/^https:\/\//.test(target)) return undefined
  const [file = '', anchor] = target.split('#')
  if (file === '') return hasAnchor(text, anchor)
  if (isPublished(path)) return 'VTEX shows this page at another address; name the page instead'
  const full = new URL(file, `file:///${path}`).pathname.slice(1)
  const isFolder = [...files.keys()].some((each) => each.startsWith(full.replace(/\/?$/, '/')))
  const found = files.get(full)
  if (found === undefined) return isFolder ? undefined : 'there is no such file'
  return anchor === undefined ? undefined : hasAnchor(found, anchor)
}

const hasAnchor = (text: string, anchor: string | undefined) =>
  anchor !== undefined && anchorsIn(text).includes(anchor) ? undefined : 'there is no such heading'

const WITH_WORDS = /^(?:node|sandbox|tests|docs|messages)\/|^README\.md$/

/** All that is refused in these files. */
export function check(files: Files): Finding[] {
  return [...files].flatMap(([path, text]) => [
    ...(WITH_WORDS.test(path) ? houseWords(path, text) : []),
    ...(isMarkdown(path) ? [...longCells(path, text), ...brokenLinks(path, text, files)] : []),
    ...(isProse(path) ? [...longSentences(path, text), ...tooManyWords(path, text)] : []),
  ])
}
