import Ajv, { type ValidateFunction } from 'ajv/dist/2020'
import { readFileSync } from 'fs'
import { join } from 'path'
import { parse } from 'yaml'
import { z } from 'zod'
import type { Answer } from './http'

const ID = 'openapi'
const FILE = join(__dirname, '..', '..', '..', 'docs', 'openapi.yaml')
const text = readFileSync(FILE, 'utf8')

const response = z.object({ content: z.record(z.string(), z.unknown()).optional() })
const operation = z.object({ responses: z.record(z.string(), response) })
const document = z
  .object({ paths: z.record(z.string(), z.record(z.string(), operation)) })
  .parse(parse(text))

const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false })
ajv.addSchema(parse(text), ID)

const templates = Object.keys(document.paths).map((template) => ({
  template,
  pattern: new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`),
}))

const pointer = (...parts: string[]) =>
  parts.map((part) => `/${part.replace(/~/g, '~0').replace(/\//g, '~1')}`).join('')

const known = new Map<string, ValidateFunction>()

function validatorOf(at: string): ValidateFunction {
  const validate = known.get(at) ?? ajv.compile({ $ref: `${ID}#${at}` })
  known.set(at, validate)
  return validate
}

/**
 * Throws where an answer of the app is not as docs/openapi.yaml says: another status or type, a field too many or too
 * few. Paths that it does not have are the edge's.
 * @param path below the routes' common one
 */
export function checkAnswer(method: string, path: string, answer: Answer): void {
  const [bare = ''] = path.split('?')
  const template = templates.find(({ pattern }) => pattern.test(`/${bare}`))?.template
  if (template === undefined) return
  const verb = method.toLowerCase()
  const type = (answer.headers['content-type'] ?? '').split(';')[0] ?? ''
  const found = document.paths[template]?.[verb]?.responses[answer.status]
  if (!found) {
    // Methods that it does not have get 405; whoever is in between says what is no JSON.
    if (answer.status === 405 || type !== 'application/json') return
    throw new Error(`${answer.request}: status ${answer.status} is not in openapi.yaml`)
  }
  if (type !== 'application/json' && answer.status >= 500) return
  if (!found.content) {
    if (answer.body.length === 0) return
    throw new Error(`${answer.request}: ${answer.status} with a body`)
  }
  if (!(type in found.content)) {
    throw new Error(`${answer.request}: ${answer.status} with the type ${type}`)
  }
  if (type !== 'application/json') return
  const status = String(answer.status)
  const at = pointer('paths', template, verb, 'responses', status, 'content', type, 'schema')
  const validate = validatorOf(at)
  if (validate(JSON.parse(answer.body.toString('utf8')))) return
  throw new Error(`${answer.request}: ${answer.status} ${ajv.errorsText(validate.errors)}`)
}
