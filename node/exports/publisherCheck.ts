import { describe } from '../common/errors'
import type { Publisher } from '../delivery/publisher'
import { StateError } from '../state/documents'
import type { PublisherCheck, Report } from './report'

/** Checks whether offers could be published; a publisher that cannot is a result. @throws {StateError} */
export async function checkPublisher(open: () => Promise<Publisher>): Promise<PublisherCheck> {
  let publisher: Publisher | undefined
  try {
    publisher = await open()
    return { status: 'ok', message: await publisher.check() }
  } catch (thrown) {
    if (thrown instanceof StateError) throw thrown
    return { status: 'failed', ...describe(thrown) }
  } finally {
    await publisher?.close()
  }
}

/** A report of a dry run, with what the check found. */
export function withPublisherCheck(report: Report, publisherCheck: PublisherCheck): Report {
  const { status, message } = publisherCheck
  const note =
    status === 'ok'
      ? `publisher check: ${message}`
      : `publisher check failed, so offers would not have been published: ${message}`
  return { ...report, publisherCheck, notes: [...report.notes, note] }
}
