/** What a log line may say: words and figures, never an object from outside. */
export type LogFields = Record<string, string | number | boolean | undefined>

/**
 * One structured line for each thing that happened. `step` names it: "batch.published". Account,
 * workspace and app are added by the runtime.
 */
export interface Log {
  info(step: string, fields?: LogFields): void
  warn(step: string, fields?: LogFields): void
  error(step: string, fields?: LogFields): void
}

interface Sink {
  info(message: unknown): unknown
  warn(message: unknown): unknown
  error(message: unknown): unknown
}

/** Lines in the logger of the VTEX runtime. */
export function runtimeLog(sink: Sink, account: string): Log {
  const line = (step: string, fields: LogFields = {}) => ({ account, step, ...fields })
  return {
    info: (step, fields) => void sink.info(line(step, fields)),
    warn: (step, fields) => void sink.warn(line(step, fields)),
    error: (step, fields) => void sink.error(line(step, fields)),
  }
}
