import { dirname, join } from 'node:path'
import type * as typescript from 'typescript'

/** Thrown if the app does not compile, with the compiler's messages. */
export class CompileError extends Error {
  override readonly name = 'CompileError'
}

/**
 * Compiles the project `{source}/tsconfig.json` to CommonJS in `output`. The output keeps the folder structure below
 * the parent of `source`, so that relative imports of neighbouring folders work.
 */
export async function compile(source: string, output: string): Promise<void> {
  // Loading the compiler takes 0.3 s: only when something has to be built.
  const ts: typeof typescript = await import('typescript')
  const config = ts.getParsedCommandLineOfConfigFile(
    join(source, 'tsconfig.json'),
    {
      noEmit: false,
      outDir: output,
      rootDir: dirname(source),
      module: ts.ModuleKind.CommonJS,
      declaration: false,
      incremental: false,
      composite: false,
      noEmitOnError: true,
    },
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic(diagnostic) {
        throw new CompileError(describe(ts, [diagnostic], source))
      },
    }
  )
  if (config === undefined) {
    throw new CompileError(`${source} has no tsconfig.json`)
  }
  const program = ts.createProgram(config.fileNames, config.options)
  const { diagnostics } = program.emit()
  const errors = [...config.errors, ...ts.getPreEmitDiagnostics(program), ...diagnostics].filter(
    (diagnostic) => diagnostic.category === ts.DiagnosticCategory.Error
  )
  if (errors.length > 0) {
    throw new CompileError(describe(ts, [...ts.sortAndDeduplicateDiagnostics(errors)], source))
  }
}

function describe(
  ts: typeof typescript,
  diagnostics: readonly typescript.Diagnostic[],
  source: string
): string {
  return ts.formatDiagnostics(diagnostics, {
    getCurrentDirectory: () => source,
    getCanonicalFileName: (name) => name,
    getNewLine: () => '\n',
  })
}
