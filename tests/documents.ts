import type { Documents } from '../node/state/documents'

/** Documents in memory, as JSON keeps them. */
export function memory(): Documents {
  const files = new Map<string, string>()
  const read: Documents['read'] = async (folder, name) =>
    JSON.parse(files.get(`${folder}/${name}`) ?? 'null')
  return {
    read,
    save: async (folder, name, document) => {
      files.set(`${folder}/${name}`, JSON.stringify(document))
    },
    list: async (folder, prefix = '', most) =>
      [...files.keys()]
        .filter((path) => path.startsWith(`${folder}/${prefix}`))
        .map((path) => path.slice(folder.length + 1))
        .sort()
        .slice(0, most),
    remove: async (folder, name) => {
      files.delete(`${folder}/${name}`)
    },
    readTagged: async (folder, name) => ({ document: await read(folder, name) }),
    saveOver: async () => true,
  }
}
