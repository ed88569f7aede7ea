import type { MailTemplate } from '../clients/alertClients'
import { iso } from '../common/clock'
import type { AccountRef } from '../common/perAccount'
import type { AlertKind, Due } from './alertState'

const TITLES: Record<AlertKind, string> = {
  export_failed: 'An export failed',
  offers_held: 'Offers are held back',
  update_late: 'No successful update for three intervals',
  files_waiting: 'Intershop does not import files',
  schedule_not_registered: "VTEX's scheduler does not call the app",
}

/** What the webhook gets. docs/alerts.md describes the fields; later versions of `v: 1` may only add some. */
export function webhookBody(due: Due, { account, workspace }: AccountRef) {
  const { kind, state, since, until, exportId, problem } = due
  const route = `/_v/intershop/stock/exports${exportId ? `/${exportId}` : ''}`
  return {
    v: 1,
    kind,
    state,
    account,
    workspace,
    title: state === 'begun' ? TITLES[kind] : `Over: ${TITLES[kind]}`,
    message: problem?.message ?? 'This is over.',
    action: problem?.action ?? 'Nothing.',
    since: iso(since),
    ...(until !== undefined && { until: iso(until) }),
    ...(exportId && { exportId }),
    call: { method: 'GET', url: `https://${workspace}--${account}.myvtex.com${route}` },
  } as const
}

/** The data of one mail for all messages that are due together; {@link mailTemplate} shows it. */
export function mailData(to: string, due: readonly Due[], origin: AccountRef) {
  const alerts = due.map((each) => webhookBody(each, origin))
  const more = alerts.length > 1 ? ` (and ${alerts.length - 1} more)` : ''
  const { account, workspace } = origin
  return {
    to,
    subject: `Intershop stock of ${account}: ${alerts[0]?.title ?? ''}${more}`,
    account,
    workspace,
    // Each field is there: Handlebars shows an empty one as nothing.
    alerts: alerts.map(({ call, ...alert }) => {
      return { until: '', exportId: '', ...alert, call: `${call.method} ${call.url}` }
    }),
  }
}

/** In Handlebars, which escapes what stands in two braces. */
export const mailTemplate: MailTemplate = {
  name: 'intershop-stock-alert',
  title: 'Intershop stock: alert',
  to: '{{to}}',
  subject: '{{{subject}}}',
  html: [
    '<html><body>',
    '<p>Account <b>{{account}}</b>, workspace {{workspace}}</p>',
    '{{#each alerts}}',
    '<h3>{{title}}</h3>',
    '<p>{{message}}</p>',
    '<ul>',
    '<li>Since: {{since}}</li>',
    '{{#if until}}<li>Over since: {{until}}</li>{{/if}}',
    '<li>What to do: {{action}}</li>',
    '{{#if exportId}}<li>Export: {{exportId}}</li>{{/if}}',
    '<li>Look: <code>{{call}}</code> with the header <code>token</code></li>',
    '</ul>',
    '{{/each}}',
    '</body></html>',
  ].join('\n'),
}
