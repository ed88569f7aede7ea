import { z } from 'zod'

/** Every code of a response, an export, a source or an offer. tests/package compares them with docs/operations.md. */
export const errorCodes = {
  // Responses of 400 and above.
  invalid_startId: ['not a whole number from 0 to 9007199254740991', 'correct it'],
  invalid_minutes: ['not a whole number from 1 to 43200', 'correct it'],
  invalid_sellerId: ['not the id of a seller', 'correct it'],
  invalid_dryRun: ['neither true nor false, or given twice', 'correct it'],
  invalid_verify: ['not true or false, or nothing can be read back', 'correct it'],
  invalid_force: ['neither true nor false, or given twice', 'correct it'],
  invalid_parameter: ['a parameter that the message names is wrong', 'correct it'],
  invalid_body: ['the body is no JSON, or a field is wrong', 'correct it'],
  invalid_notification: ['no SKU id, or another account', 'check the affiliate in VTEX'],
  body_unreadable: ['the request body broke off', 'send no body'],
  body_too_large: ['the request body is too large', 'send no body'],
  method_not_allowed: ['the route has other HTTP methods', 'use one of the header allow'],
  unknown_seller: ['neither in the seller register nor in centraSellerId', 'check the id'],
  unknown_export: ['no such export, or older than 30 days', 'use a value of x-export-id'],
  already_ended: ['the export has ended and cannot be cancelled', 'nothing'],
  too_many_exports: ['32 exports are queued', 'wait, or cancel some'],
  too_many_notifications: ['over 300 notifications a minute', "use VTEX's change feed instead"],
  affiliate_off: ['affiliateNotifications is off', 'turn it on, or remove the endpoint in VTEX'],
  too_many_checks: ['over 5 connection checks a minute', 'repeat after retry-after'],
  not_durable: ['not saved, or no event accepted; nothing runs', 'repeat after retry-after'],
  settings_unavailable: ["VTEX does not return the app's settings", 'repeat after retry-after'],
  state_unavailable: ['VBase does not respond', 'repeat; exports retry by themselves'],
  check_timeout: ['no usable response in time', 'check again, and the status of this upstream'],
  internal: ['a bug of the app', 'report it, with the log line'],

  // Exports and sources.
  settings_invalid: ['a setting is wrong or missing', 'correct the one that the message names'],
  scope_unavailable: ['no source has the seller', 'check the id and the setting sellers'],
  document_lost: ['VBase lost a document of this export', 'start the export again'],
  attempts: ['the reason of the failed attempts cannot be read', 'see the log'],
  sftp_auth: ['user, password or key not accepted, or key unreadable', 'check the credentials'],
  sftp_host_key: ['another host key than expected', "ask the server's operator"],
  sftp_path: ['the directory does not exist or denies access', 'check sftpDirectory'],
  sftp_down: ['no connection, a broken one, or a full disk', 'check the server and its network'],
  sftp_algorithms: [
    'the server offers only algorithms that are not allowed',
    'update the server, or turn on sftpLegacyAlgorithms',
  ],
  sftp_unsupported: [
    'no rename, no SFTP for this user, or a login script prints text',
    'use another server or account',
  ],
  icm_refused: ['ICM does not accept the credentials or the request', 'check the settings icm*'],
  icm_busy: ['ICM is running another import', 'nothing; it is tried again'],
  icm_down: ['no usable answer of ICM', "check the server's status"],
  upstream_refused: ['400, 401, 403 or a redirect', 'check credentials and policies'],
  upstream_missing: ['404', 'check the SKU in VTEX'],
  upstream_overloaded: ['429 after many retries', 'lower maxConcurrency or maxRequestsPerMinute'],
  upstream_down: ['no response, or 5xx', "check the upstream's status"],
  upstream_malformed: ['an undocumented response', 'check the SKU; report it to the upstream'],
  circuit_open: ['the upstream failed often and is not called for a while', 'check its status'],

  // Offers.
  seller_unregistered: ['bound to a seller that the register lacks', 'register the seller'],
  centra_row: ['a malformed row of Centra', 'correct it in Centra'],
  match_lost: ['VTEX no longer knows the SKU of a Centra row', 'correct EAN or reference'],
  icm_import: ['its import failed in ICM, with the code shown', "see ICM's import log"],
  unmapped: ['no usable reference for skuIdentifier', 'enter it in VTEX'],
  ambiguous: ['two SKUs or rows have one name', 'change one of the references'],
  unmatched: ['VTEX knows neither EAN nor reference of a Centra row', 'enter either on the SKU'],
  inactive: ['an inactive Centra row; an active one has the SKU', 'nothing'],
} satisfies Record<string, readonly [meaning: string, whatToDo: string]>

export type ErrorCode = keyof typeof errorCodes

/** A code in a document. One of another version of the app counts as internal. */
export const errorCodeSchema = z
  .string()
  .pipe(z.enum(Object.keys(errorCodes) as ErrorCode[]).catch('internal'))

/** An error of this app. Its message is for people and contains nothing from outside. */
export abstract class AppError extends Error {
  abstract readonly code: ErrorCode
}

/** What reports and log lines say of an error. */
export interface ErrorSummary {
  code: ErrorCode
  message: string
}

/** Errors whose messages contain code and no data. */
const LANGUAGE_ERRORS = [TypeError, RangeError, ReferenceError]

/** Code and message of an error. Of foreign errors only the name: HTTP clients put credentials into theirs. */
export function describe(thrown: unknown): ErrorSummary {
  if (thrown instanceof AppError) return { code: thrown.code, message: thrown.message }
  if (!(thrown instanceof Error))
    return { code: 'internal', message: `unexpected ${typeof thrown}` }
  const detail = LANGUAGE_ERRORS.some((type) => thrown instanceof type) ? `: ${thrown.message}` : ''
  return { code: 'internal', message: `unexpected ${thrown.name}${detail}` }
}

export const errorFields = (thrown: unknown) => {
  const { code, message: reason } = describe(thrown)
  return { code, reason }
}
