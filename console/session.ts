/** The tab's storage, or memory where the browser forbids it, as in a frame of another site. */
function storage(): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  try {
    sessionStorage.getItem('')
    return sessionStorage
  } catch {
    const kept = new Map<string, string>()
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    }
  }
}

const kept = storage()
const cell = (key: string) => ({
  get: () => kept.getItem(`intershop-console.${key}`),
  set: (value: string) => kept.setItem(`intershop-console.${key}`, value),
  clear: () => kept.removeItem(`intershop-console.${key}`),
})

/** The token that the user typed: lost with the tab, sent as a header only. */
export const token = cell('token')
/** The language that the user chose. */
export const chosenLanguage = cell('language')
