import { h } from './dom'
import { t } from './i18n'
import { brand, errorNotice } from './parts'

interface Door {
  failure: unknown
  languageChoice: HTMLElement
  onToken: (token: string) => void
}

/** Asks for the token; nothing else is shown without one. */
export function door({ failure, languageChoice, onToken }: Door): HTMLElement {
  const onsubmit = (event: Event) => {
    event.preventDefault()
    const field = document.getElementById('token')
    // A header carries printable ASCII only; anything else is no token.
    const given = field instanceof HTMLInputElement ? field.value.trim() : ''
    if (field instanceof HTMLInputElement) field.value = ''
    if (given) onToken(/^[\x20-\x7e]+$/.test(given) ? given : '-')
  }
  return h(
    'main',
    { class: 'door' },
    h(
      'div',
      { class: 'card' },
      h('div', { class: 'row between' }, brand(), h('div', { class: 'tools' }, languageChoice)),
      h(
        'div',
        { class: 'stack' },
        h('h1', { tabindex: -1 }, t('door.title')),
        h('p', { class: 'muted' }, t('door.text'))
      ),
      failure !== undefined && errorNotice(failure),
      h(
        'form',
        { class: 'stack', onsubmit },
        h(
          'label',
          { class: 'field' },
          h('span', {}, t('door.token')),
          h('input', {
            id: 'token',
            type: 'password',
            autocomplete: 'off',
            spellcheck: 'false',
            required: true,
            autofocus: true,
          })
        ),
        h('button', { class: 'primary' }, t('door.open'))
      ),
      h('p', { class: 'muted small' }, t('door.privacy'))
    )
  )
}
