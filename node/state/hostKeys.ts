import { z } from 'zod'

import type { Documents } from './documents'

const pinSchema = z.object({ v: z.literal(1), fingerprint: z.string() })

/** The host key that a server showed first. */
export interface KnownHost {
  known: string | undefined
  /** Saves the first key of a server. */
  remember(fingerprint: string): void
}

/** The host key of an SFTP server without the setting: trust on first use. */
export async function knownHostOf(
  documents: Documents,
  { sftpHost, sftpPort }: { sftpHost: string; sftpPort: number }
): Promise<KnownHost> {
  const name = `${encodeURIComponent(sftpHost.toLowerCase())}:${sftpPort}`
  const pin: KnownHost = {
    known: pinSchema.safeParse(await documents.read('hostkeys', name)).data?.fingerprint,
    remember: (fingerprint) => {
      pin.known = fingerprint
      // If this fails, the next connection counts as the first.
      documents.save('hostkeys', name, { v: 1, fingerprint }).catch(() => undefined)
    },
  }
  return pin
}
