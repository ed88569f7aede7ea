import { readCron } from './schedules'

describe('readCron', () => {
  it.each([
    ...['*/5 * * * *', '0 3 * * *', '* * * * *', '59 23 31 12 7', '00 03 * * *', '0 0 29 2 *'],
    ...['1-9/2 * * * *', '0,30 8-18 * * 1-5', '0 3 * * MON-FRI', '0 3 1 jan,Jul *', '5/10 * * * *'],
  ])('accepts five fields: %s', (text) => {
    expect(readCron(text)).toBe(text)
  })

  it('accepts blanks around and between fields', () => {
    expect(readCron('  */5\t*  * * *\n')).toBe('*/5 * * * *')
  })

  it.each([
    ...['', '*', '*/5 * * *', '0 */5 * * * *', '0 0 3 * * * 2026', '* * * * * *', '*/5 ****'],
    ...[
      '@daily',
      '@every 5m',
      '@reboot',
      'every five minutes',
      'rate(5 minutes)',
      'daily at 3 a m',
    ],
    ...['60 * * * *', '* 24 * * *', '* * 0 * *', '* * 32 * *', '* * * 13 *', '* * * * 8'],
    ...['-1 * * * *', '1- * * * *', '5-1 * * * *', '1-2-3 * * * *', '*/0 * * * *', '/5 * * * *'],
    ...['*5 * * * *', '1, * * * *', '1,,2 * * * *', '1.5 * * * *', '1e1 * * * *', '0x1 * * * *'],
    ...['0 0 31 2 *', '0 0 30 2 *', '0 0 L * *', '0 0 * * 1#2', '0 0 ? * *', '0 0 15W * *'],
    ...['H H * * *', 'MON * * * *', '0 0 * * FOO', '*/5;* * * *', `${'1,'.repeat(200)}2 * * * *`],
  ])('rejects a malformed expression, or one that never matches: %s', (text) => {
    expect(readCron(text)).toBeUndefined()
  })
})
