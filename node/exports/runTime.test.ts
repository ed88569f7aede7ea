import { readFileSync } from 'fs'
import { join } from 'path'

import { FAREWELL_MS } from '../clients/sftp'
import { PUBLISH_MS } from '../delivery/sftpPublisher'
import { SENDING_MS } from '../sendPatiently'
import { LEASE_MS, PATIENCE_MS, RENEW_MS, SILENT_MS } from '../state/lease'
import { LONGEST_SLICE_MS, RUN_MS, SETTLE_MS } from './run'

const { timeout } = JSON.parse(readFileSync(join(__dirname, '../service.json'), 'utf8'))

describe('the time of a run', () => {
  it("is shorter than service.json's timeout, its longest batch and its end included", () => {
    const batch = LONGEST_SLICE_MS + PUBLISH_MS
    const end = FAREWELL_MS + SETTLE_MS + SENDING_MS
    expect(RUN_MS + batch + end).toBeLessThan(timeout * 1000)
    expect(timeout).toBeLessThanOrEqual(60)
  })

  it('is enough for a step where its event waited for the lease of a worker that died', () => {
    expect(PATIENCE_MS + SETTLE_MS).toBeLessThan(RUN_MS)
    expect(PATIENCE_MS).toBeGreaterThan(LEASE_MS)
  })

  it('has its lease renewed every 5 s, and free after 15 s of silence', () => {
    expect([RENEW_MS, LEASE_MS]).toEqual([5_000, 15_000])
    expect(SILENT_MS).toBeGreaterThan(RENEW_MS)
  })
})
