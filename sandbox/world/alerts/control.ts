import type Router from '@koa/router'
import type { MessageCenter } from './message-center'
import type { WebhookReceiver } from './webhook-receiver'

/**
 * What alerts brought: `GET mails`, `GET mails/templates`, `DELETE mails/templates/:name`, `GET webhook`. Both fail by
 * `faults`.
 */
export function addAlertControl(
  router: Router,
  { mail, webhook }: { mail: MessageCenter; webhook: WebhookReceiver }
): void {
  router.get('/mails', (ctx) => {
    ctx.body = mail.mails
  })
  router.get('/mails/templates', (ctx) => {
    ctx.body = [...mail.templates.values()]
  })
  router.delete('/mails/templates/:name', (ctx) => {
    ctx.status = mail.lose(ctx.params.name ?? '') ? 204 : 404
  })
  router.get('/webhook', (ctx) => {
    ctx.body = webhook.alerts
  })
}
