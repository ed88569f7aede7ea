import { takeCredentials } from './credentials'

it('takes the key out of the environment', () => {
  const environment = { VTEX_APP_KEY: ' vtexappkey-a ', VTEX_APP_TOKEN: 'b+/=', PATH: '/bin' }
  expect(takeCredentials(environment)).toEqual({ key: 'vtexappkey-a', token: 'b+/=' })
  expect(environment).toEqual({ PATH: '/bin' })
})

it.each([
  [{}, 'VTEX_APP_KEY is not set'],
  [{ VTEX_APP_KEY: 'secret-a' }, 'VTEX_APP_TOKEN is not set'],
  [{ VTEX_APP_KEY: 'secret-a', VTEX_APP_TOKEN: '  ' }, 'VTEX_APP_TOKEN is not set'],
  [{ VTEX_APP_KEY: 'secret a', VTEX_APP_TOKEN: 'b' }, 'VTEX_APP_KEY: expected visible ASCII'],
  [{ VTEX_APP_KEY: 'a', VTEX_APP_TOKEN: 'secret\r\nb' }, 'VTEX_APP_TOKEN: expected visible ASCII'],
])('refuses %j, and repeats no value', (environment, message) => {
  const take = () => takeCredentials({ ...environment })
  expect(take).toThrow(message)
  expect(take).not.toThrow('secret')
})
