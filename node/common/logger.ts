import type { FieldsOf, StepAt } from './logSteps'

type Level = 'info' | 'warn' | 'error'

/**
 * Writes one structured line for each thing that happened: `log.info('batch.published', fields)`. Takes the steps of
 * logSteps at their levels only.
 */
export type Log = {
  [L in Level]: <Step extends StepAt<L>>(step: Step, fields: FieldsOf<Step>) => void
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
