import { parseSettings, parseTokens, tokenProblems } from './settings'

describe('parseTokens', () => {
  it('returns the token and, during a rotation, the previous one', () => {
    expect(parseTokens({ token: 'new', previousToken: 'old' })).toEqual(['new', 'old'])
    expect(parseTokens({ previousToken: 'old' })).toEqual(['old'])
  })

  it('returns the token though other settings are wrong', () => {
    expect(parseTokens({ token: 'new', sftpPort: 'x' })).toEqual(['new'])
  })

  it.each([null, undefined, {}, 'x', [], { token: '', previousToken: ' ' }, { token: 7 }])(
    'returns nothing for %j',
    (saved) => {
      expect(parseTokens(saved)).toEqual([])
    }
  )
})

describe('tokenProblems', () => {
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

  it.each(wrong)('names a token that no client can send, and it authorizes nobody: %j', (token) => {
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

  it.each(['', ' ', ' a b ', '!~', 'x'.repeat(1_024), null, undefined])(
    'finds none in %j',
    (token) => {
      expect(tokenProblems({ token, previousToken: token })).toEqual([])
    }
  )
})
