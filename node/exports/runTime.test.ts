import { readFileSync } from 'fs'
import { join } from 'path'
import { CLOSE_MS } from '../clients/sftp'
import { SENDING_MS } from '../common/sendWithRetry'
import { PUBLISH_MS } from '../delivery/sftpPublisher'
import { SETTLE_MS } from '../state/documents'
import { LEASE_MS, RENEW_MS, SILENT_MS, TIMEOUT_MS } from '../state/lease'
import { LONGEST_MS } from './listing'
import { LONGEST_BATCH_MS, READ_BY_MS, RUN_MS } from './worker'

const { timeout } = JSON.parse(readFileSync(join(__dirname, '../service.json'), 'utf8'))

describe('RUN_MS', () => {
  it("fits into service.json's timeout with the last batch and the end of the run", () => {
    const end = CLOSE_MS + SETTLE_MS + SENDING_MS
    expect(READ_BY_MS + PUBLISH_MS + end).toBeLessThan(timeout * 1000)
    expect(timeout).toBeLessThanOrEqual(60)
  })

  it('leaves time for a second batch of half the length, or more, after the longest', () => {
    expect(RUN_MS).toBeGreaterThan(LONGEST_BATCH_MS)
    expect(READ_BY_MS - LONGEST_BATCH_MS).toBeGreaterThan(LONGEST_BATCH_MS / 2)
  })

  it('leaves time for a whole listing after the last step that begins', () => {
    expect(READ_BY_MS - RUN_MS).toBeGreaterThanOrEqual(LONGEST_MS)
  })

  it('leaves time for a step after waiting for the lease of a worker that died', () => {
    expect(TIMEOUT_MS + SETTLE_MS).toBeLessThan(RUN_MS)
    expect(TIMEOUT_MS).toBeGreaterThan(LEASE_MS)
  })

  it('lets a lease be renewed every 5 s and expire after 15 s', () => {
    expect([RENEW_MS, LEASE_MS]).toEqual([5_000, 15_000])
    expect(SILENT_MS).toBeGreaterThan(RENEW_MS)
  })
})
