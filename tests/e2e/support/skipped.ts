/**
 * `it`, or `it.skip` with a loud word on stderr that no reporter swallows.
 * @param what is not tested
 * @param reason undefined where the test can run
 */
export function unless(reason: string | undefined, what: string): jest.It {
  if (reason === undefined) return it
  process.stderr.write(`SKIPPED: ${what}: ${reason}\n`)
  return it.skip
}
