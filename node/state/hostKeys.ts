import { z } from 'zod'
import { sameFingerprint } from '../clients/sftpSession'
import type { Documents } from './documents'

const pinSchema = z.object({ v: z.literal(1), fingerprint: z.string() })

/**
 * Tells whether a host key is that of the server: the one of the setting, else the first one shown (trust on first use).
 * @param isPinning whether the first one is saved
 */
export async function hostKeyCheck(
  documents: Documents,
  server: { sftpHost: string; sftpPort: number; sftpHostKey: string },
  isPinning: boolean
): Promise<(shown: string) => boolean> {
  const name = `${encodeURIComponent(server.sftpHost.toLowerCase())}:${server.sftpPort}`
  const pin = pinSchema.safeParse(await documents.read('hostkeys', name)).data?.fingerprint
  let known = server.sftpHostKey || pin
  return (shown) => {
    if (known) return sameFingerprint(shown, known)
    if (!isPinning) return true
    known = shown
    // If this fails, the next connection counts as the first.
    documents.save('hostkeys', name, { v: 1, fingerprint: shown }).catch(() => undefined)
    return true
  }
}
