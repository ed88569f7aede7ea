import { utils } from 'ssh2'

/** How a private key is protected. */
export interface Protection {
  cipher: string
  passphrase: string
  rounds: number
}

/** A new ed25519 key pair in OpenSSH's format. Of some hundred that ssh2 makes it cannot read one itself: not that. */
export function newKeyPair(protection?: Protection): { private: string; public: string } {
  for (;;) {
    const pair = utils.generateKeyPairSync('ed25519', protection)
    if (!(utils.parseKey(pair.private, protection?.passphrase) instanceof Error)) return pair
  }
}
