/** Every step of the log: level and fields (`?`: may be absent). tests/package compares with docs/operations.md. */
export const logSteps = {
  'export.accepted': [
    'info',
    'exportId route trigger startId? sellerId? minutes? sellers? skus? dry force',
  ],
  'export.refused': ['error', 'exportId reason'],
  'export.withdrawalFailed': ['error', 'exportId reason'],
  'export.planned': ['info', 'exportId sources everything covers'],
  'export.listing': ['info', 'exportId source number? skus'],
  'export.listed': ['info', 'exportId source skus'],
  'batch.published': [
    'info',
    'exportId source from sent held failed unmapped files firstFile? dropFiles? dropOldestAgeSeconds?',
  ],
  'import.failed': ['warn', 'exportId offers reason'],
  'import.unknown': ['warn', 'exportId reason'],
  'upload.notRemoved': ['warn', 'code reason'],
  'offers.held': ['warn', 'exportId offers reason'],
  'export.attemptFailed': ['warn', 'exportId during source? code reason'],
  'export.ended': [
    'info | warn | error',
    'exportId route trigger status dryRun force durationMs processed sent unchanged held filtered unmapped failed drift files read queued rateLimited failures? reason?',
  ],
  'export.cancelled': ['info', 'exportId'],
  'export.cancelNotAnnounced': ['warn', 'exportId'],
  'changes.unknown': ['info', 'exportId skus'],
  'update.abandoned': ['error', 'exportId skus? rows? attempts'],
  'watermark.kept': ['error', 'exportId failed'],
  'sellers.unknown': ['warn', 'sellers'],
  'run.started': ['info', 'previousOwnerDied batchMs'],
  'run.interrupted': ['error', 'code reason'],
  'ledger.compacted': ['info', 'receipts isWhole'],
  'documents.removed': ['info', 'removed'],
  'documents.notRemoved': ['warn', 'reason'],
  'change.notSaved': ['error', 'code reason'],
  'change.unreadable': ['warn', 'from'],
  'schedule.registered': ['info', 'update full'],
  'schedule.notRegistered': ['error', 'code reason'],
  'schedule.invalid': ['error', 'problem'],
  'alert.sent': ['info', 'channel alerts'],
  'alert.notSent': ['warn', 'channel alerts code reason'],
  'alert.interrupted': ['warn', 'code reason'],
  'alert.invalid': ['error', 'problem'],
  'setup.done': ['info', ''],
  'setup.interrupted': ['error', 'code reason'],
  'connections.checked': ['info', 'passed failed'],
  'token.invalid': ['error', 'problem'],
  'request.failed': ['error', 'route status code reason'],
} as const satisfies Record<string, readonly [levels: string, fields: string]>

type Table = typeof logSteps

/** The words of a text, as a union. */
type Words<Text extends string> = Text extends `${infer Word} ${infer Rest}`
  ? Word | Words<Rest>
  : Exclude<Text, ''>

/** The steps of a level. */
type StepAt<Level extends string> = {
  [Step in keyof Table]: Level extends Words<Table[Step][0]> ? Step : never
}[keyof Table]

/** Words and figures, never an object from outside. */
type Value = string | number | boolean

type Fields<Word extends string> = { [W in Exclude<Word, `${string}?`>]: Value } & {
  [W in Word as W extends `${infer Name}?` ? Name : never]?: Value | undefined
}

type Level = 'info' | 'warn' | 'error'

/** Writes a structured line: `log.info('batch.published', fields)`. Takes steps at the levels of logSteps only. */
export type Log = {
  [L in Level]: <Step extends StepAt<L>>(step: Step, fields: Fields<Words<Table[Step][1]>>) => void
}

type Sink = Record<Level, (message: unknown) => unknown>

/** Lines in the logger of the VTEX runtime, which adds workspace and app. */
export function runtimeLog(sink: Sink, account: string): Log {
  const at =
    (level: Level) =>
    (step: string, fields: object): void =>
      void sink[level]({ account, step, ...fields })
  return { info: at('info'), warn: at('warn'), error: at('error') }
}
