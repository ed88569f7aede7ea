import { isHostName } from './formFields'

describe('isHostName', () => {
  it.each([
    ...['drop.example', 'DROP.Example', 'drop', 'localhost', 'drop.example.', 'a_b.example'],
    ...['127.0.0.1', '::1', '2001:db8::1', 'fe80::1%eth0', 'müller.example', '例え.example'],
    ...['xn--mller-kva.example', `${'a'.repeat(63)}.example`],
  ])('accepts %s', (host) => {
    expect(isHostName(host)).toBe(true)
  })

  it.each([
    ...['sftp://drop.example', 'drop.example:22', '127.0.0.1:22', '[::1]', '[::1]:22'],
    ...['vtex@drop.example', 'drop.example/in', '/in', 'drop example', 'drop.example,other'],
    ...[
      'drop..example',
      '.drop.example',
      '.',
      '',
      '*',
      '*.example',
      '256.256.256.256',
      '1.2.3.4.5',
    ],
    ...['drop%41.example', 'drop.ex\u0000ample', 'drop\u200b example', '{host}'],
    ...[`${'a'.repeat(64)}.example`, `${'a.'.repeat(127)}example`],
  ])('rejects %j', (host) => {
    expect(isHostName(host)).toBe(false)
  })
})
