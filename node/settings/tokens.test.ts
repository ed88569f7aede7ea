import { parseTokens } from './settings'

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
