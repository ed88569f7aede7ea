import { link, lstat, mkdir, open, readdir, rename, rmdir, stat, unlink } from 'fs/promises'
import { join } from 'path'
import { type SFTPWrapper, utils } from 'ssh2'
import { setTimeout as sleep } from 'timers/promises'
import { attributesOf, longNameOf } from './attributes'
import type { SftpHabits } from './habits'
import { Handles } from './handles'
import { openFlags } from './open-flags'
import { absolute, onDisk, withoutDrive } from './paths'
import type { SftpFaultInjector } from './sftp-faults'
import { statusOf } from './status'

const { STATUS_CODE } = utils.sftp
const MAX_READ = 256 * 1024
const ENTRIES_AT_ONCE = 100

/** The options of a session. */
export interface SessionOptions {
  /** The folder on disk of `/`. */
  root: string
  faultInjector: SftpFaultInjector
  /** Closes the connection abruptly. */
  cut: () => void
  habits: SftpHabits
}

/**
 * Serves SFTP version 3: no extensions, and a rename onto an existing file
 * fails (version 3, unlike posix-rename@openssh.com, does not overwrite).
 */
export function serveSession(
  sftp: SFTPWrapper,
  { root, faultInjector, cut, habits }: SessionOptions
): void {
  const handles = new Handles()
  let idle: NodeJS.Timeout | undefined
  let uploaded = 0

  // Requests of a session run concurrently; replies have their ids.
  const respond = (id: number, work: () => Promise<void>) => {
    const { delay } = faultInjector.faults
    idle?.refresh()
    const run = delay > 0 ? sleep(delay).then(work) : work()
    run.catch((error: Error) => sftp.status(id, statusOf(error), error.message))
  }
  const done = (id: number) => sftp.status(id, STATUS_CODE.OK)
  const inRoot = (path: string) =>
    absolute(habits.drive ? withoutDrive(path, habits.drive) : path, habits.home)
  const disk = (path: string) => onDisk(root, inRoot(path))
  const look = () => {
    if (habits.blind) throw Object.assign(new Error('not for you'), { code: 'EACCES' })
  }

  sftp.on('OPEN', (id, path, flags, attrs) =>
    respond(id, async () => {
      if (faultInjector.faults.readOnly && flags & utils.sftp.OPEN_MODE.WRITE)
        throw Object.assign(new Error('read only'), { code: 'EACCES' })
      const file = await open(disk(path), openFlags(flags), attrs.mode ?? 0o644)
      sftp.handle(id, handles.add({ kind: 'file', file }))
    })
  )
  sftp.on('WRITE', (id, handle, offset, data) =>
    respond(id, async () => {
      if (faultInjector.isFull())
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' })
      uploaded += data.length
      await handles.file(handle).write(data, 0, data.length, offset)
      if (faultInjector.shouldCut(uploaded)) cut()
      else done(id)
    })
  )
  sftp.on('READ', (id, handle, offset, length) =>
    respond(id, async () => {
      const size = Math.min(length, MAX_READ)
      const { bytesRead, buffer } = await handles
        .file(handle)
        .read(Buffer.alloc(size), 0, size, offset)
      if (bytesRead === 0) sftp.status(id, STATUS_CODE.EOF)
      else sftp.data(id, buffer.subarray(0, bytesRead))
    })
  )
  sftp.on('CLOSE', (id, handle) => respond(id, () => handles.close(handle).then(() => done(id))))
  sftp.on('FSTAT', (id, handle) =>
    respond(id, async () => sftp.attrs(id, attributesOf(await handles.file(handle).stat())))
  )
  // Modes and times are accepted but not applied.
  sftp.on('FSETSTAT', (id, handle) => respond(id, async () => handles.file(handle) && done(id)))
  sftp.on('SETSTAT', (id, path) => respond(id, () => stat(disk(path)).then(() => done(id))))
  sftp.on('STAT', (id, path) =>
    respond(id, async () => {
      look()
      sftp.attrs(id, attributesOf(await stat(disk(path))))
    })
  )
  sftp.on('LSTAT', (id, path) =>
    respond(id, async () => {
      look()
      sftp.attrs(id, attributesOf(await lstat(disk(path))))
    })
  )
  sftp.on('REALPATH', (id, path) =>
    respond(id, async () =>
      sftp.name(id, [{ filename: inRoot(path), longname: inRoot(path), attrs: NO_ATTRIBUTES }])
    )
  )
  sftp.on('OPENDIR', (id, path) =>
    respond(id, async () => {
      look()
      const names = (await readdir(disk(path))).sort()
      sftp.handle(id, handles.add({ kind: 'directory', path: disk(path), names }))
    })
  )
  sftp.on('READDIR', (id, handle) =>
    respond(id, async () => {
      const { path, names } = handles.directory(handle)
      if (names.length === 0) return void sftp.status(id, STATUS_CODE.EOF)
      sftp.name(id, await entries(path, names.splice(0, ENTRIES_AT_ONCE)))
    })
  )
  sftp.on('REMOVE', (id, path) => respond(id, () => unlink(disk(path)).then(() => done(id))))
  sftp.on('MKDIR', (id, path) => respond(id, () => mkdir(disk(path)).then(() => done(id))))
  sftp.on('RMDIR', (id, path) => respond(id, () => rmdir(disk(path)).then(() => done(id))))
  sftp.on('RENAME', (id, from, to) =>
    respond(id, async () => {
      if (habits.rename === 'unsupported') return sftp.status(id, STATUS_CODE.OP_UNSUPPORTED)
      if (habits.rename === 'denied') return sftp.status(id, STATUS_CODE.PERMISSION_DENIED)
      await renameToNew(disk(from), disk(to))
      if (habits.rename !== 'late') done(id)
      if (habits.idle !== undefined) idle = setTimeout(cut, habits.idle)
    })
  )
  sftp.on('close', () => {
    clearTimeout(idle)
    void handles.closeAll()
  })
}

const NO_ATTRIBUTES = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 }

async function entries(path: string, names: string[]) {
  const found = await Promise.all(
    names.map(async (filename) => {
      // Skips files that were imported during the listing.
      const stats = await lstat(join(path, filename)).catch(() => undefined)
      if (!stats) return []
      return [{ filename, longname: longNameOf(filename, stats), attrs: attributesOf(stats) }]
    })
  )
  return found.flat()
}

// A link fails atomically if the target exists.
async function renameToNew(from: string, to: string): Promise<void> {
  if ((await lstat(from)).isDirectory()) return rename(from, to)
  await link(from, to)
  await unlink(from)
}
