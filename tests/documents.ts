import type { Documents } from '../node/state/documents'

/** Documents in memory, as JSON keeps them, and how often each was read. */
export function memory(): Documents & { reads: Map<string, number> } {
  const files = new Map<string, string>()
  const reads = new Map<string, number>()
  const read: Documents['read'] = async (folder, name) => {
    const path = `${folder}/${name}`
    reads.set(path, (reads.get(path) ?? 0) + 1)
    return JSON.parse(files.get(path) ?? 'null')
  }
  return {
    reads,
    read,
    save: async (folder, name, document) => {
      files.set(`${folder}/${name}`, JSON.stringify(document))
    },
    list: async (folder, prefix = '') =>
      [...files.keys()]
        .filter((path) => path.startsWith(`${folder}/${prefix}`))
        .map((path) => path.slice(folder.length + 1))
        .sort(),
    remove: async (folder, name) => {
      files.delete(`${folder}/${name}`)
    },
    readTagged: async (folder, name) => ({ document: await read(folder, name) }),
    saveOver: async () => true,
  }
}
