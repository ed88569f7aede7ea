import { UsageError } from '../cli/options'

/** A key of VTEX's License Manager. */
export interface Credentials {
  key: string
  token: string
}

const NAMES = { key: 'VTEX_APP_KEY', token: 'VTEX_APP_TOKEN' } as const
/** What a header can carry, and no blanks. */
const VISIBLE = /^[\x21-\x7e]+$/

/**
 * Takes the key out of the environment, so that no process that is started later has it.
 * @throws {UsageError} which does not name its value
 */
export function takeCredentials(environment: NodeJS.ProcessEnv): Credentials {
  const take = (name: string): string => {
    const value = environment[name]?.trim() ?? ''
    delete environment[name]
    if (VISIBLE.test(value)) return value
    throw new UsageError(
      value === ''
        ? `${name} is not set: expected ${NAMES.key} and ${NAMES.token} in the environment`
        : `${name}: expected visible ASCII characters without blanks`
    )
  }
  return { key: take(NAMES.key), token: take(NAMES.token) }
}
