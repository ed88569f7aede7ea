import { ask, type ExportReport } from './api'
import { type Child, h } from './dom'
import { number } from './format'
import { t } from './i18n'
import { button, errorNotice, isActive, notice, progressOf, statusPill, tiles } from './parts'

const POLL_MS = 1_000

interface Parts {
  /** Starts the export; returns its id. */
  start(dryRun: boolean): Promise<string>
  redraw(): void
  announce(text: string): void
  /** Text of the button that does it. */
  confirm: string
  /** What happened once it was done. */
  done: string
}

/** A dry run, its result, and the real one behind it. */
export class Trial {
  private report: ExportReport | undefined
  private startedId: string | undefined
  private failure: unknown
  private isBusy = false
  private isClosed = false

  constructor(private readonly parts: Parts) {}

  /** Starts the dry run and follows it to its end. */
  async run(): Promise<void> {
    await this.work(async () => {
      const exportId = await this.parts.start(true)
      do {
        this.report = await ask<ExportReport>(`/exports/${exportId}`)
        this.parts.redraw()
        if (isActive(this.report)) await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      } while (isActive(this.report) && !this.isClosed)
    })
    if (this.report && !this.isClosed) this.parts.announce(t('trial.ended'))
  }

  /** Stops following; the dry run itself goes on. */
  close(): void {
    this.isClosed = true
  }

  private async work(doIt: () => Promise<void>): Promise<void> {
    this.failure = undefined
    this.isBusy = true
    this.parts.redraw()
    try {
      await doIt()
    } catch (thrown) {
      this.failure = thrown
    }
    this.isBusy = false
    this.parts.redraw()
  }

  private confirm(): Promise<void> {
    return this.work(async () => {
      this.startedId = await this.parts.start(false)
      this.parts.announce(this.parts.done)
    })
  }

  render(): Child {
    const { report, startedId, failure, isBusy } = this
    return [
      failure !== undefined && errorNotice(failure),
      report && (isActive(report) ? running(report) : result(report)),
      !report &&
        isBusy &&
        h('div', { class: 'wait', role: 'progressbar', 'aria-label': t('trial.running') }),
      startedId !== undefined &&
        notice(
          'ok',
          this.parts.done,
          h('a', { href: `#/exports/${startedId}` }, t('trial.follow'))
        ),
    ]
  }

  /** The button behind the dry run. */
  action(): Child {
    const { report, startedId, isBusy } = this
    const isReady = report && !isActive(report) && report.status !== 'failed'
    if (!isReady || startedId !== undefined) return undefined
    const onclick = () => void this.confirm()
    return button(this.parts.confirm, onclick, { kind: 'primary', disabled: isBusy })
  }
}

const running = (report: ExportReport): Child => [
  h('div', { class: 'row' }, h('h3', {}, t('trial.running')), statusPill(report.status)),
  progressOf({
    label: t('trial.running'),
    planned: report.skus.planned,
    read: report.skus.read,
  }),
]

/** What the real one would do. */
function result(report: ExportReport): Child {
  const { offers, zeroed } = report
  return [
    h(
      'div',
      { class: 'row between' },
      h('div', { class: 'row' }, h('h3', {}, t('trial.result')), statusPill(report.status)),
      h('a', { href: `#/exports/${report.exportId}` }, t('trial.report'))
    ),
    tiles([
      [t('trial.sent'), number(offers.sent)],
      [t('trial.zero'), number(zeroed.read + zeroed.removed + zeroed.renamed)],
      [t('trial.unchanged'), number(offers.unchanged)],
      [t('trial.held'), number(offers.held)],
      [t('trial.failed'), number(offers.failed + offers.unmapped)],
    ]),
    report.error &&
      notice('bad', report.error.code, h('span', { lang: 'en' }, report.error.message)),
  ]
}
