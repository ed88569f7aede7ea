import { ScriptedServer, tracedContext } from '../../tests/centra/scriptedServer'
import { mailTemplate } from '../alerts/messages'
import { UpstreamError } from '../common/upstreamError'
import { MessageCenter, Webhook } from './alertClients'

const failureOf = (call: Promise<unknown>): Promise<UpstreamError> =>
  call.then(
    () => {
      throw new Error('nothing was thrown')
    },
    (thrown: unknown) => {
      expect(thrown).toBeInstanceOf(UpstreamError)
      return thrown as UpstreamError
    }
  )

describe('Webhook', () => {
  const server = new ScriptedServer()
  const { context } = tracedContext()
  const address = () => `${server.access.url.replace('http:', 'https:')}/s3cretPath?key=s3cretKey`
  const send = () => new Webhook(context).send(address(), { v: 1 })

  beforeAll(() => server.start())
  afterAll(() => server.stop())

  it('send POSTs JSON through https, and no credential of VTEX', async () => {
    server.answers(204, '')
    await send()
    const [request] = server.asked
    expect(request).toMatchObject({ method: 'POST', query: { key: 's3cretKey' } })
    expect(request?.path).toMatch(/\/s3cretPath$/)
    expect(request?.headers).toMatchObject({
      'x-vtex-use-https': 'true',
      'content-type': expect.stringContaining('application/json'),
    })
    expect(request?.headers).not.toHaveProperty('vtexidclientautcookie')
  })

  it.each([
    [500, 'down'],
    [302, 'refused'],
    [404, 'missing'],
    [429, 'overloaded'],
  ])('send rejects %i once, and hides the address', async (status, kind) => {
    server.answers(status, 's3cretBody', { location: address() })
    const error = await failureOf(send())
    expect(error).toMatchObject({ kind, status })
    expect(JSON.stringify(error) + error.message).not.toContain('s3cret')
    expect(server.asked).toHaveLength(1)
  })

  it('send rejects a lost response once, without a status: it may have arrived', async () => {
    server.does((response) => response.destroy())
    const error = await failureOf(send())
    expect([error.kind, error.status]).toEqual(['down', undefined])
    expect(server.asked).toHaveLength(1)
  })
})

describe('MessageCenter', () => {
  /** A client whose GET and POST are answered with these statuses. */
  function setUp(statuses: { get?: number; post?: number }) {
    const sent: Array<{ method: string; url: string; body?: unknown }> = []
    const answer = async (status = 200) => {
      if (status === 200) return {}
      throw Object.assign(new Error('s3cret'), { response: { status, headers: {} } })
    }
    const http = {
      get: (url: string) => {
        sent.push({ method: 'GET', url })
        return answer(statuses.get)
      },
      post: (url: string, body: unknown) => {
        sent.push({ method: 'POST', url, body })
        return answer(statuses.post)
      },
    }
    const client = Object.assign(new MessageCenter(tracedContext().context), { http })
    return { sent, client }
  }

  const TEMPLATES = '/api/template-render/pvt/templates'

  it('ensureTemplate creates a missing template', async () => {
    const { sent, client } = setUp({ get: 404 })
    await client.ensureTemplate(mailTemplate)
    expect(sent).toMatchObject([
      { method: 'GET', url: `${TEMPLATES}/intershop-stock-alert` },
      { method: 'POST', url: TEMPLATES, body: { Name: 'intershop-stock-alert' } },
    ])
  })

  it('ensureTemplate leaves a template that the merchant may have changed', async () => {
    const { sent, client } = setUp({ get: 200 })
    await client.ensureTemplate(mailTemplate)
    expect(sent.map(({ method }) => method)).toEqual(['GET'])
  })

  it('ensureTemplate rejects if it cannot look', async () => {
    const { sent, client } = setUp({ get: 503 })
    expect(await failureOf(client.ensureTemplate(mailTemplate))).toMatchObject({ status: 503 })
    expect(sent).toHaveLength(1)
  })

  it('send posts to the mail service, and does not repeat a mail that may have been sent', async () => {
    const { sent, client } = setUp({ post: 503 })
    expect(await failureOf(client.send('t', { to: 'a' }))).toMatchObject({ status: 503 })
    expect(sent).toEqual([
      {
        method: 'POST',
        url: 'http://mailservice.vtex.com.br/api/mail-service/pvt/sendmail',
        body: { providerName: null, templateName: 't', jsonData: { to: 'a' } },
      },
    ])
  })
})
