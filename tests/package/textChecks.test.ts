import { HOUSE_WORDS, PROSE_WORDS } from '../../tools/houseWords'
import {
  brokenLinks,
  check,
  houseWords,
  longCells,
  longSentences,
  MAX_CELL,
  MAX_SENTENCE,
  show,
  tooManyWords,
  WORD_LIMITS,
} from '../../tools/textChecks'

const words = (count: number) => Array.from({ length: count }, () => 'word').join(' ')

describe('houseWords', () => {
  it.each(HOUSE_WORDS)(
    'refuses "$example" in code and says what to write',
    ({ example, instead }) => {
      const [found] = houseWords('node/a.ts', `const a = 1\n// ${example}\n`)
      expect(found).toMatchObject({ path: 'node/a.ts', line: 2 })
      expect(found?.message).toContain(instead)
    }
  )

  it.each(PROSE_WORDS)('refuses "$example" in docs alone', ({ example, instead }) => {
    expect(houseWords('docs/a.md', example)[0]?.message).toContain(instead)
    expect(houseWords('README.md', example)[0]?.message).toContain(instead)
    const only = houseWords('node/a.ts', example).filter(({ message }) => message.includes(instead))
    expect(only).toEqual([])
  })

  it('refuses a file by its name', () => {
    const [{ example } = { example: '' }] = HOUSE_WORDS
    expect(houseWords(`node/exports/${example}.ts`, '')).toMatchObject([{ line: 0 }])
  })

  it.each([
    ['node/a.ts', 'const timestamp = new TimestampOf(timestamps)'],
    ['node/a.ts', 'const first = list.slice(0, 1)'],
    ['node/a.ts', 'const total = aggregate(navigated, space, outstanding, imposter)'],
    ['node/a.ts', 'false positives'],
    ['node/clients/sftp.ts', 'const fingerprint = of(key)'],
    ['docs/a.md', 'the SHA256 fingerprint of the host key'],
    ['docs/a.md', 'no 429 storm, no retry storm'],
  ])('leaves words with another sense alone: %s %s', (path, text) => {
    expect(houseWords(path, text)).toEqual([])
  })
})

describe('longCells', () => {
  it('refuses a table cell that is longer than allowed, and no other', () => {
    const row = (length: number) => `| ${'x'.repeat(length)} | b |`
    expect(longCells('a.md', `| a | b |\n${row(MAX_CELL + 1)}\n`)).toMatchObject([{ line: 2 }])
    expect(longCells('a.md', row(MAX_CELL))).toEqual([])
    expect(longCells('a.md', `\`\`\`\n${row(MAX_CELL + 1)}\n\`\`\`\n`)).toEqual([])
  })
})

describe('longSentences', () => {
  it('refuses a sentence over several lines, with the line on which it begins', () => {
    const text = `Short one. ${words(20)}\n${words(MAX_SENTENCE - 19)}. Short.\n`
    expect(longSentences('README.md', `\n${text}`)).toMatchObject([{ line: 2 }])
  })

  it.each([
    ['a sentence of the allowed length', `${words(MAX_SENTENCE)}.`],
    ['two sentences', `${words(20)}. ${words(20)}.`],
    ['two list items', `- ${words(20)}\n- ${words(20)}`],
    ['two paragraphs', `${words(20)}\n\n${words(20)}`],
    ['code', `\`\`\`\n${words(50)}\n\`\`\``],
    ['a code span, which is one word', `\`${words(50)}\``],
    ['a table', `| ${words(20)} | ${words(20)} |`],
  ])('allows %s', (_, text) => {
    expect(longSentences('README.md', text)).toEqual([])
  })
})

describe('tooManyWords', () => {
  it.each(Object.entries(WORD_LIMITS))('refuses %s from %d words on', (path, limit) => {
    expect(tooManyWords(path, words(limit))).toMatchObject([{ path, line: 0 }])
    expect(tooManyWords(path, words(limit - 1))).toEqual([])
  })
})

describe('brokenLinks', () => {
  const files = new Map([
    ['README.md', '# Top'],
    ['docs/architecture.md', '# One\n\n## The `engine`, on a page\n'],
    ['node/index.ts', ''],
  ])
  const linkFrom = (path: string, target: string) =>
    brokenLinks(path, `# Here\n\n[a link](${target})\n`, files).map(show)

  it.each([
    ['README.md', 'docs/none.md'],
    ['README.md', 'docs/architecture.md#two'],
    ['README.md', '#elsewhere'],
    ['docs/README.md', 'architecture.md'],
    ['docs/README.md', '../README.md'],
    ['docs/operations.md', '#elsewhere'],
  ])('refuses a link of %s to %s', (path, target) => {
    expect(linkFrom(path, target)).toEqual([
      expect.stringContaining(`${path}:3: link to ${target}`),
    ])
  })

  it.each([
    ['README.md', 'docs/architecture.md'],
    ['README.md', 'node'],
    ['README.md', 'docs/architecture.md#the-engine-on-a-page'],
    ['docs/README.md', '#here'],
    ['docs/README.md', 'https://keepachangelog.com'],
    ['docs/adr/0001-a.md', '../architecture.md#one'],
  ])('allows a link of %s to %s', (path, target) => {
    expect(linkFrom(path, target)).toEqual([])
  })
})

describe('check', () => {
  const [{ example } = { example: '' }] = HOUSE_WORDS
  const found = (path: string, text: string) => check(new Map([[path, text]])).map(show)

  it.each([
    ['node/a.ts', example],
    ['messages/en.json', example],
    ['tests/a.md', `| ${'x'.repeat(MAX_CELL + 1)} |`],
    ['docs/adr/0001-a.md', `${words(MAX_SENTENCE + 1)}.`],
    ['README.md', `${words(30)}.\n`.repeat(30)],
    ['CONTRIBUTING.md', '[a](none.md)'],
  ])('finds in %s what is refused there, with the place', (path, text) => {
    expect(found(path, text)).toEqual([expect.stringMatching(new RegExp(`^${path}(:1)?: .+`))])
  })

  it.each([
    ['tools/a.ts', example],
    ['CHANGELOG.md', `${example} ${words(MAX_SENTENCE + 1)}`],
    ['docs/other.md', `${words(30)}.\n`.repeat(200)],
  ])('leaves alone what has no such rule: %s', (path, text) => {
    expect(found(path, text)).toEqual([])
  })
})
