import { readFileSync } from 'node:fs'
import { type Access, BASE_PATH } from './api'
import { type Arguments, UsageError } from './arguments'

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]']

/** Where the app is and its token, from options and environment. @throws {UsageError} */
export function readAccess(options: Arguments['options'], environment: NodeJS.ProcessEnv): Access {
  const url = options.url ?? environment.INTERSHOP_STOCK_URL
  if (!url) throw new UsageError('expected --url URL, or INTERSHOP_STOCK_URL')
  const origin = originOf(url)
  const file = options['token-file']
  const token = file === undefined ? environment.INTERSHOP_STOCK_TOKEN : readToken(file)
  if (!token) throw new UsageError('expected --token-file FILE, or INTERSHOP_STOCK_TOKEN')
  // Node's message about a header with anything else would repeat the token.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new UsageError('the token has spaces, line breaks or characters beyond visible ASCII')
  }
  return { origin, token }
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isHttp = url?.protocol === 'https:' || url?.protocol === 'http:'
  if (url === undefined || !isHttp || url.username || url.password || url.search || url.hash) {
    throw new UsageError('the URL: expected one such as https://mystore.myvtex.com')
  }
  if (!['/', BASE_PATH].includes(url.pathname === '/' ? '/' : url.pathname.replace(/\/$/, ''))) {
    throw new UsageError(`the URL: expected no path, or ${BASE_PATH}`)
  }
  if (url.protocol === 'http:' && !LOOPBACK.includes(url.hostname)) {
    throw new UsageError('the URL: expected https, so that nobody else reads the token')
  }
  return url.origin
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(`--token-file ${file}: ${code ?? 'cannot be read'}`)
  }
}
