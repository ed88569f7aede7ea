import { Shop } from './shop'

/** It takes as long as a rename may go unanswered. */
it('SftpPublisher.publish counts a file that is there, though the answer to its rename never came', async () => {
  const shop = await Shop.open({ rename: 'late' })
  expect(await shop.deliver()).toBeUndefined()
  expect(shop.files()).toEqual(['xml'])
  await shop.close()
})
