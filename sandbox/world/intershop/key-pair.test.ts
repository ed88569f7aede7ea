import { utils } from 'ssh2'

import { newKeyPair } from './key-pair'

it('newKeyPair always creates readable keys', () => {
  for (let made = 0; made < 1_000; made++) {
    expect(utils.parseKey(newKeyPair().private)).not.toBeInstanceOf(Error)
  }
})

it('newKeyPair encrypts the private key', () => {
  const protection = { cipher: 'aes256-ctr', passphrase: 'open', rounds: 4 }
  const { private: key } = newKeyPair(protection)
  expect(utils.parseKey(key, 'open')).not.toBeInstanceOf(Error)
  expect(utils.parseKey(key)).toBeInstanceOf(Error)
})
