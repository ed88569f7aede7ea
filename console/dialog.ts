import { type Child, h, patch } from './dom'
import { t } from './i18n'
import { button } from './parts'

/** A dialog over the page. The browser keeps the focus in it, closes it with Escape, and gives the focus back. */
export function openDialog(
  title: string,
  render: () => Child,
  action: () => Child,
  onClose: () => void
): { redraw(): void } {
  const content = () =>
    h(
      'div',
      { class: 'stack' },
      h('h2', { id: 'dialog-title' }, title),
      render(),
      h(
        'div',
        { class: 'actions' },
        action(),
        button(t('common.close'), () => dialog.close())
      )
    )
  const body = content()
  const dialog = h('dialog', { 'aria-labelledby': 'dialog-title' }, body)
  document.body.append(dialog)
  dialog.addEventListener('close', () => {
    dialog.remove()
    onClose()
  })
  addEventListener('hashchange', () => dialog.close(), { once: true })
  dialog.showModal()
  return { redraw: () => patch(body, content()) }
}
