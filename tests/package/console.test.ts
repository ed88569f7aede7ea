import { readFileSync } from 'fs'

import { consoleModule, GENERATED } from '../../tools/console'

test('`npm run console` was run: the page in node/ is what console/ and messages/ make', async () => {
  expect(readFileSync(GENERATED, 'utf8') === (await consoleModule())).toBe(true)
})
