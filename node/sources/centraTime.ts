import { IANAZone } from 'luxon'

const MINUTE = 60_000
/** By so much Centra's clock may be wrong. */
const OVERLAP = 10 * MINUTE
const DAY = 1_440 * MINUTE

/**
 * The `stock_modified` that selects whatever changed from `moment` on, and a little more. Centra: the
 * company's wall clock time, with no offset. It documents neither whether "after" includes the moment itself
 * nor what it makes of a time that comes twice. So the time is told as by the smallest offset in force from
 * then to a day later, which only a summer time that ends makes another than the one then:
 * - no clock on the wall shows an earlier time from the moment on, and a server may compare the two as texts;
 * - by any offset in force the told time is that moment or earlier, and a server may convert it to UTC.
 *
 * A time that the spring leaves out, which a server might refuse, is never told: it takes the offset before
 * for a moment after.
 * @param moment UTC milliseconds
 * @param timeZone IANA name
 * @returns `YYYY-mm-dd HH:MM:SS`
 */
export function stockModifiedSince(moment: number, timeZone: string): string {
  const zone = IANAZone.create(timeZone)
  const early = moment - OVERLAP
  const offset = Math.min(zone.offset(early), zone.offset(early + DAY))
  return new Date(early + offset * MINUTE).toISOString().slice(0, 19).replace('T', ' ')
}
