import type Router from '@koa/router'
import { createControlRouter } from '../platform/control'
import { addSchedulerControl } from '../platform/scheduler/control'
import { addAlertControl } from '../world/alerts/control'
import { addCentraControl } from '../world/centra/control'
import { Account } from '../world/commerce/account'
import { addBroadcasterControl } from '../world/commerce/broadcaster/control'
import { addCommerceControl } from '../world/commerce/control'
import { addSellerControl } from '../world/commerce/seller-control'
import { addIntershopControl } from '../world/intershop/control'
import { CONTROL_CALLS, fieldsOf } from './calls'
import { addControlPage } from './page'

/** Parts of a sandbox that only register their routes. */
const none = <T>() => ({}) as T

/** The router of a whole sandbox that runs nothing. */
function registered(): Router {
  const account = new Account('sandbox', 10, 1)
  const router: Router = createControlRouter(none())
  addSchedulerControl(router, none(), 'master')
  addCommerceControl(router, account)
  addSellerControl(router, account)
  addCentraControl(router, none(), account)
  addBroadcasterControl(router, none())
  addIntershopControl(router, none())
  addAlertControl(router, none())
  const platform = { control: router, settings: none<never>() }
  addControlPage({ platform, commerce: account, intershop: none() })
  return router
}

const ANY_FIELDS = ['/settings', '/vbase/:bucket/:path(.+)']
const SANDBOX_ONLY = ['GET /compare']

test('the list of control calls names each registered call, and no other', () => {
  const prefix = '/_sandbox'
  const routes = registered().stack.flatMap(({ methods, path }) =>
    methods
      .filter((method) => method !== 'HEAD')
      .map((method) => `${method} ${String(path).slice(prefix.length) || '/'}`)
  )
  const listed = CONTROL_CALLS.map(({ method, path }) => `${method} ${path}`)
  expect(listed.filter((call) => !SANDBOX_ONLY.includes(call)).sort()).toEqual(routes.sort())
})

test.each(CONTROL_CALLS.filter(({ body }) => body))(
  '$method $path: its example is valid',
  (call) => {
    expect(call.body?.safeParse(call.example)).toMatchObject({ success: true })
    const names = fieldsOf(call)
      .flat()
      .map(({ name }) => name)
    if (!ANY_FIELDS.includes(call.path))
      expect(names).toEqual(expect.arrayContaining(Object.keys(call.example ?? {})))
  }
)
