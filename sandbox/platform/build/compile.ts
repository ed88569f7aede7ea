import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type * as typescript from 'typescript'
import { hasCode } from '../files'

/** Thrown if the app does not compile, with the compiler's messages. */
export class CompileError extends Error {
  override readonly name = 'CompileError'
}

/**
 * Compiles the project `{source}/tsconfig.json` to CommonJS in `output`. The output keeps the folder structure below
 * the parent of `source`, so that relative imports of neighbouring folders work.
 */
export async function compile(source: string, output: string): Promise<void> {
  const ts = loadCompiler(source)
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

/**
 * The app's own compiler, as VTEX's builder has it, else this repository's: an app of TypeScript 3 may have errors in 5.
 * Loading it takes 0.3 s.
 */
function loadCompiler(source: string): typeof typescript {
  const requireOfApp = createRequire(join(source, 'package.json'))
  try {
    return requireOfApp('typescript')
  } catch (error) {
    if (hasCode(error, 'MODULE_NOT_FOUND')) return require('typescript')
    throw error
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
