import { link, lstat, mkdir, open, readdir, rename, rmdir, stat, unlink } from 'fs/promises'
import { join } from 'path'
import { type SFTPWrapper, utils } from 'ssh2'
import { setTimeout as sleep } from 'timers/promises'
import { attributesOf, longNameOf } from './attributes'
import { Handles } from './handles'
import { openFlags } from './open-flags'
import { absolute, onDisk } from './paths'
import type { SftpFaultInjector } from './sftp-faults'
import { statusOf } from './status'

const { STATUS_CODE } = utils.sftp
const MAX_READ = 256 * 1024
const ENTRIES_AT_ONCE = 100

/** What a session needs of its connection. */
export interface SessionOptions {
  /** The folder on disk that is the session's `/`. */
  root: string
  faultInjector: SftpFaultInjector
  /** Breaks the connection without a goodbye. */
  cut: () => void
}

/**
 * Serves SFTP version 3: no extensions, and a rename onto an existing file
 * fails (version 3, unlike posix-rename@openssh.com, does not overwrite).
 */
export function serveSession(
  sftp: SFTPWrapper,
  { root, faultInjector, cut }: SessionOptions
): void {
  const handles = new Handles()
  let uploaded = 0

  // Requests of one session are worked on side by side, as their replies carry their ids.
  const answer = (id: number, work: () => Promise<void>) => {
    const { delay } = faultInjector.faults
    const run = delay > 0 ? sleep(delay).then(work) : work()
    run.catch((error: Error) => sftp.status(id, statusOf(error), error.message))
  }
  const done = (id: number) => sftp.status(id, STATUS_CODE.OK)
  const disk = (path: string) => onDisk(root, path)

  sftp.on('OPEN', (id, path, flags, attrs) =>
    answer(id, async () => {
      const file = await open(disk(path), openFlags(flags), attrs.mode ?? 0o644)
      sftp.handle(id, handles.add({ kind: 'file', file }))
    })
  )
  sftp.on('WRITE', (id, handle, offset, data) =>
    answer(id, async () => {
      if (faultInjector.isFull())
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
      uploaded += data.length
      await handles.file(handle).write(data, 0, data.length, offset)
      if (faultInjector.cutsAfter(uploaded)) cut()
      else done(id)
    })
  )
  sftp.on('READ', (id, handle, offset, length) =>
    answer(id, async () => {
      const size = Math.min(length, MAX_READ)
      const { bytesRead, buffer } = await handles
        .file(handle)
        .read(Buffer.alloc(size), 0, size, offset)
      if (bytesRead === 0) sftp.status(id, STATUS_CODE.EOF)
      else sftp.data(id, buffer.subarray(0, bytesRead))
    })
  )
  sftp.on('CLOSE', (id, handle) => answer(id, () => handles.close(handle).then(() => done(id))))
  sftp.on('FSTAT', (id, handle) =>
    answer(id, async () => sftp.attrs(id, attributesOf(await handles.file(handle).stat())))
  )
  // Modes and times of the sender's side mean nothing here: accepted, not applied.
  sftp.on('FSETSTAT', (id, handle) => answer(id, async () => handles.file(handle) && done(id)))
  sftp.on('SETSTAT', (id, path) => answer(id, () => stat(disk(path)).then(() => done(id))))
  sftp.on('STAT', (id, path) =>
    answer(id, async () => sftp.attrs(id, attributesOf(await stat(disk(path)))))
  )
  sftp.on('LSTAT', (id, path) =>
    answer(id, async () => sftp.attrs(id, attributesOf(await lstat(disk(path)))))
  )
  sftp.on('REALPATH', (id, path) =>
    answer(id, async () =>
      sftp.name(id, [{ filename: absolute(path), longname: absolute(path), attrs: NO_ATTRIBUTES }])
    )
  )
  sftp.on('OPENDIR', (id, path) =>
    answer(id, async () => {
      const names = (await readdir(disk(path))).sort()
      sftp.handle(id, handles.add({ kind: 'directory', path: disk(path), names }))
    })
  )
  sftp.on('READDIR', (id, handle) =>
    answer(id, async () => {
      const { path, names } = handles.directory(handle)
      if (names.length === 0) return void sftp.status(id, STATUS_CODE.EOF)
      sftp.name(id, await entries(path, names.splice(0, ENTRIES_AT_ONCE)))
    })
  )
  sftp.on('REMOVE', (id, path) => answer(id, () => unlink(disk(path)).then(() => done(id))))
  sftp.on('MKDIR', (id, path) => answer(id, () => mkdir(disk(path)).then(() => done(id))))
  sftp.on('RMDIR', (id, path) => answer(id, () => rmdir(disk(path)).then(() => done(id))))
  sftp.on('RENAME', (id, from, to) =>
    answer(id, () => renameToNew(disk(from), disk(to)).then(() => done(id)))
  )
  sftp.on('close', () => void handles.closeAll())
}

const NO_ATTRIBUTES = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 }

async function entries(path: string, names: string[]) {
  const found = await Promise.all(
    names.map(async (filename) => {
      // A file that was taken while its folder is listed is left out.
      const stats = await lstat(join(path, filename)).catch(() => undefined)
      if (!stats) return []
      return [{ filename, longname: longNameOf(filename, stats), attrs: attributesOf(stats) }]
    })
  )
  return found.flat()
}

// Linking fails when the target exists, in one step; looking first would not.
async function renameToNew(from: string, to: string): Promise<void> {
  if ((await lstat(from)).isDirectory()) return rename(from, to)
  await link(from, to)
  await unlink(from)
}
