// Node code, the only file here that is not for the browser: packs a page of this folder into one HTML document.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, transform } from 'esbuild'

/** A page without anything from outside, and what its Content Security Policy must allow. */
export interface Page {
  html: string
  /** Scripts and styles by their hashes, requests to its own host, nothing else; no `frame-ancestors`. */
  policy: string
}

interface Source {
  title: string
  /** Browser code, relative to this folder. */
  script: string
  styles: readonly string[]
  /** Constants of the browser code, as JSON. */
  constants?: Readonly<Record<string, string>>
}

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='8' fill='%233149c6'/%3E%3Cpath d='M8 21v-6h4v6zm6 0V10h4v11zm6 0v-4h4v4z' fill='%23fff'/%3E%3C/svg%3E"

const hashOf = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** The same sources give the same page, to the byte. */
export async function bundlePage({ title, script, styles, constants = {} }: Source): Promise<Page> {
  const css = styles.map((file) => readFileSync(join(__dirname, file), 'utf8')).join('\n')
  const { code } = await transform(css, { loader: 'css', minify: true })
  const { outputFiles } = await build({
    entryPoints: [join(__dirname, script)],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    define: { ...constants },
  })
  const style = code.trim()
  const js = (outputFiles[0]?.text ?? '').trim()
  const html = [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">',
    `<title>${title}</title><link rel="icon" href="${ICON}"><style>${style}</style></head>`,
    '<body><noscript>This page needs JavaScript.</noscript><div id="app"></div>',
    `<script>${js}</script></body></html>\n`,
  ].join('')
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(js)}`,
    `style-src ${hashOf(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
  return { html, policy }
}
