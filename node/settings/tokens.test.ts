import { parseSettings } from './settings'
import { parseTokens, tokenProblems } from './tokens'

describe('tokens', () => {
  it('are the token and, during a rotation, the one before it', () => {
    expect(parseTokens({ token: 'new', previousToken: 'old' })).toEqual(['new', 'old'])
    expect(parseTokens({ previousToken: 'old' })).toEqual(['old'])
  })

  it('are known though other settings are wrong', () => {
    expect(parseTokens({ token: 'new', sftpPort: 'x' })).toEqual(['new'])
  })

  it.each([null, undefined, {}, 'x', [], { token: '', previousToken: ' ' }, { token: 7 }])(
    'are none in %j',
    (saved) => {
      expect(parseTokens(saved)).toEqual([])
    }
  )
})

describe('a token that no client could send', () => {
  const wrong = [
    'tök3n',
    'a\nb',
    'a\tb',
    '\u00a0a\u00a0b',
    '\u007f',
    '🔑',
    'x'.repeat(1_025),
    7,
    {},
    ['a'],
  ]

  it.each(wrong)('is refused as a setting and opens nothing: %j', (token) => {
    expect(parseTokens({ token, previousToken: 'old' })).toEqual(['old'])
    expect(parseTokens({ token: 'new', previousToken: token })).toEqual(['new'])
    for (const name of ['token', 'previousToken']) {
      expect(tokenProblems({ token: 'fine', [name]: token })).toEqual([
        expect.stringMatching(new RegExp(`^${name}: expected at most 1,024 ASCII characters`)),
      ])
    }
    const saved = { token, sftpHost: 'drop.example', sftpUser: 'vtex', sftpPassword: 'p' }
    expect(() => parseSettings(saved)).toThrow(/^Wrong app settings. token: expected/)
  })

  it.each(['', ' ', ' a b ', '!~', 'x'.repeat(1_024), null, undefined])('is not %j', (token) => {
    expect(tokenProblems({ token, previousToken: token })).toEqual([])
  })
})
