import { ask, type HeldPage, type HeldSelection, query } from '../api'
import { openDialog } from '../dialog'
import { type Child, h } from '../dom'
import { moment, number, relative } from '../format'
import { maybe, t } from '../i18n'
import { button, empty, errorNotice, pageTitle, table } from '../parts'
import { Trial } from '../trial'
import type { Frame, View } from '../view'

type Item = HeldPage['items'][number]

const IDLE_MS = 20_000

export type Action = 'release' | 'dismiss'

/** Tries a release or dismissal, shows what it would do, and does it when it is confirmed. */
export function decide(frame: Frame, action: Action, selection: HeldSelection, about: string) {
  const trial = new Trial({
    async start(dryRun) {
      const body = { ...selection, dryRun }
      const { exportId } = await ask<{ exportId: string }>(`/held/${action}`, {
        method: 'POST',
        body,
        headers: { 'x-intershop-trigger': 'console' },
      })
      return exportId
    },
    redraw: () => dialog.redraw(),
    announce: frame.announce,
    confirm: t(`held.${action}.confirm`),
    done: t(`held.${action}.done`),
  })
  const dialog = openDialog(
    t(`held.${action}.title`),
    () => [h('p', {}, about), h('p', { class: 'muted' }, t(`held.${action}.text`)), trial.render()],
    () => trial.action(),
    () => {
      trial.close()
      frame.reload()
    }
  )
  void trial.run()
}

/** All held offers: what Intershop sells, and what the source says. */
export function heldView(frame: Frame): View<HeldPage> {
  let sellerId = ''
  let older: Item[] = []
  let next: number | undefined
  let failure: unknown
  const chosen = new Set<number>()

  const load = (before?: number, signal?: AbortSignal) =>
    ask<HeldPage>(`/held${query({ sellerId, before })}`, signal ? { signal } : {})

  async function more(before: number) {
    try {
      const page = await load(before)
      older = [...older, ...page.items]
      next = page.next
      failure = undefined
    } catch (thrown) {
      failure = thrown
    }
    frame.redraw()
  }

  function toggle(skuId: number, isChosen: boolean) {
    if (isChosen) chosen.add(skuId)
    else chosen.delete(skuId)
    frame.redraw()
  }

  const box = ({ skuId }: Item) =>
    h('input', {
      type: 'checkbox',
      'data-key': `${skuId}`,
      'aria-label': t('held.choose', { skuId }),
      checked: chosen.has(skuId),
      onchange: (event) =>
        toggle(skuId, event.target instanceof HTMLInputElement && event.target.checked),
    })

  /** The chosen SKUs, else all of the seller that is shown. */
  function selection(): { selected: HeldSelection; about: string } | undefined {
    const sellers = sellerId ? { sellers: [sellerId] } : {}
    if (chosen.size > 0) {
      const about = sellerId
        ? t('held.about.skusOfSeller', { count: chosen.size, sellerId })
        : t('held.about.skus', { count: chosen.size })
      return { selected: { ...sellers, skus: [...chosen] }, about }
    }
    if (!sellerId) return undefined
    return { selected: sellers, about: t('held.about.seller', { sellerId }) }
  }

  const act = (action: Action, kind: string) =>
    button(
      t(`held.${action}`),
      () => {
        const made = selection()
        if (made) decide(frame, action, made.selected, made.about)
      },
      { kind, disabled: selection() === undefined }
    )

  const onsubmit = (event: Event) => {
    event.preventDefault()
    const field = document.getElementById('seller')
    sellerId = field instanceof HTMLInputElement ? field.value.trim() : ''
    older = []
    chosen.clear()
    frame.reload()
  }

  const content = (items: readonly Item[]): Child =>
    items.length === 0
      ? empty(t(sellerId ? 'held.empty.seller' : 'held.empty'))
      : [
          h(
            'div',
            { class: 'row' },
            act('release', 'primary'),
            act('dismiss', ''),
            h(
              'span',
              { class: 'muted small', 'aria-live': 'polite' },
              selection()?.about ?? t('held.hint')
            )
          ),
          table(t('nav.held'), columns(box), items),
          next !== undefined &&
            h(
              'div',
              {},
              button(t('common.more'), () => next !== undefined && void more(next))
            ),
        ]

  return {
    title: t('nav.held'),
    async load(signal) {
      const page = await load(undefined, signal)
      if (older.length === 0) next = page.next
      return page
    },
    every: () => IDLE_MS,
    render: (data) => [
      pageTitle(t('nav.held'), t('held.lead')),
      h(
        'section',
        { class: 'card' },
        h(
          'form',
          { class: 'form', onsubmit },
          h(
            'label',
            { class: 'field' },
            h('span', {}, t('held.seller')),
            h('input', { id: 'seller', value: sellerId, placeholder: t('exports.all') })
          ),
          h('button', {}, t('held.filter'))
        ),
        failure !== undefined && errorNotice(failure),
        data ? content([...data.items, ...older]) : h('p', { class: 'muted' }, t('app.loading'))
      ),
    ],
  }
}

const columns = (box: (item: Item) => Child): Parameters<typeof table<Item>>[1] => [
  {
    title: t('field.sku'),
    cell: (item) =>
      h(
        'span',
        { class: 'check' },
        box(item),
        h('a', { href: `#/sku/${item.skuId}` }, String(item.skuId))
      ),
  },
  { title: t('field.seller'), cell: ({ sellerId }) => sellerId },
  { title: t('field.offerSku'), cell: ({ offerSku }) => h('code', {}, offerSku) },
  {
    title: t('field.source'),
    cell: ({ source }) => (source ? maybe(`source.${source}`, source) : t('common.none')),
  },
  { title: t('field.lastSent'), cell: ({ lastSent }) => number(lastSent), kind: 'num' },
  { title: t('field.found'), cell: ({ found }) => number(found), kind: 'num' },
  {
    title: t('field.heldAt'),
    cell: ({ heldAt }) => h('span', { class: 'nowrap', title: moment(heldAt) }, relative(heldAt)),
  },
]
