import { readdirSync, readFileSync } from 'fs'
import { join } from 'path'
import ts from 'typescript'

const ROOT = join(__dirname, '..', '..')

/** What declares a test: jest's own, and what `tests/e2e/support/skipped.ts` returns. */
const TESTS = new Set(['it', 'test', 'real', 'unless'])

/** Words that describe a state. A name says what is done and what is expected. */
const STATE = /^.(is|are|that|has|of|as)\b/i

const files = ['node', 'sandbox', 'tests'].flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.ts$/.test(path) && !/(^|\/)(node_modules|\.)/.test(path))
    .map((path) => join(folder, path))
)

/** `it` of `it.each(rows)(name, test)`. */
function declarer(callee: ts.Expression): string | undefined {
  if (ts.isIdentifier(callee)) return callee.text
  if (ts.isCallExpression(callee) || ts.isPropertyAccessExpression(callee)) {
    return declarer(callee.expression)
  }
  return undefined
}

/** The names of tests as they are written, with their quotes. */
function namesIn(file: string): string[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest)
  const names: string[] = []
  const visit = (node: ts.Node) => {
    if (ts.isCallExpression(node) && TESTS.has(declarer(node.expression) ?? '')) {
      const [name] = node.arguments
      if (name && (ts.isStringLiteralLike(name) || ts.isTemplateExpression(name))) {
        names.push(name.getText(source))
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return names
}

test('no test name begins with a word for a state', () => {
  const named = files.flatMap((file) => namesIn(file).map((name) => ({ file, name })))
  expect(named.length).toBeGreaterThan(1_000)
  expect(named.filter(({ name }) => STATE.test(name))).toEqual([])
})
