import { finderOf, MARK, secret } from './leaks'

const find = finderOf([MARK])
const text = `{"a": "${secret('x')}"}`

describe('finderOf', () => {
  it.each([
    ['as it is', text],
    ['in small letters', text.toLowerCase()],
    ['URL-encoded', encodeURIComponent(text)],
    ['URL-encoded to the last character', Buffer.from(text).toString('hex').replace(/../g, '%$&')],
    ['in hex', Buffer.from(text).toString('hex')],
    ['in base64', Buffer.from(text).toString('base64')],
    ['in base64, a byte later', Buffer.from(` ${text}`).toString('base64')],
    ['in base64, two bytes later', Buffer.from(`  ${text}`).toString('base64url')],
  ])('finds a secret %s', (_, where) => {
    expect(find(`before\n${where}\nafter`)).toHaveLength(1)
  })

  it('finds nothing in a text without a secret', () => {
    expect(find('nothing of that kind: secret, mark')).toEqual([])
  })
})
