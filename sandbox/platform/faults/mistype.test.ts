import { mistype, mistypeBody } from './mistype'

const ANSWER = { skuId: '7', balance: [{ total: 3, unlimited: false, refill: null }], next: [] }

it.each([
  [
    'text',
    { skuId: '7', balance: [{ total: '3', unlimited: 'false', refill: null }], next: [] },
    ['1', '2'],
  ],
  [
    'null',
    { skuId: null, balance: [{ total: null, unlimited: null, refill: null }], next: [] },
    [null, null],
  ],
  ['shape', ['7', { 0: [3, false, null] }, {}], { 0: 1, 1: 2 }],
] as const)('mistype changes types to %s at every depth', (how, answer, list) => {
  expect(mistype(ANSWER, how)).toEqual(answer)
  expect(mistype([1, 2], how)).toEqual(list)
})

it('mistypeBody returns a body that is not JSON unchanged', () => {
  expect(mistypeBody(Buffer.from('<html>'), 'null').toString()).toBe('<html>')
})
