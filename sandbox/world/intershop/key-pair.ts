import { utils } from 'ssh2'

/** Encryption of a private key. */
export interface Protection {
  cipher: string
  passphrase: string
  rounds: number
}

/** Creates an ed25519 key pair in OpenSSH's format. About one in a hundred of ssh2's keys is unreadable: retried. */
export function newKeyPair(protection?: Protection): { private: string; public: string } {
  for (;;) {
    const pair = utils.generateKeyPairSync('ed25519', protection)
    if (!(utils.parseKey(pair.private, protection?.passphrase) instanceof Error)) return pair
  }
}
