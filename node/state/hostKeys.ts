import { z } from 'zod'

import type { Documents } from './documents'

const pinSchema = z.object({ v: z.literal(1), fingerprint: z.string() })

/** The host key by which a server was first met. */
export interface KnownHost {
  known: string | undefined
  /** Keeps the key of a server met for the first time. */
  remember(fingerprint: string): void
}

/**
 * The pinned host key of an SFTP server, for shops that set none: trusted at first use, and no other
 * one afterwards.
 * @throws {StateError}
 */
export async function knownHostOf(
  documents: Documents,
  { sftpHost, sftpPort }: { sftpHost: string; sftpPort: number }
): Promise<KnownHost> {
  const name = `${encodeURIComponent(sftpHost.toLowerCase())}:${sftpPort}`
  const pin: KnownHost = {
    known: pinSchema.safeParse(await documents.read('hostkeys', name)).data?.fingerprint,
    remember: (fingerprint) => {
      pin.known = fingerprint
      // Not kept this time, it is met for the first time once more.
      documents.save('hostkeys', name, { v: 1, fingerprint }).catch(() => undefined)
    },
  }
  return pin
}
