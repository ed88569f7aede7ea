'use strict'
// A worker: the app on the real runtime. It runs without tsx and the rest of the sandbox, so that its heap is the
// app's. Its working directory is a build; it sends its port to the parent over IPC and ends with the parent.
const { createRequire } = require('node:module')
const { join } = require('node:path')
const { blockTls } = require('./outbound.cjs')

process.on('disconnect', () => process.exit())

blockTls(process.env.http_proxy)

// The app's copy of the runtime: errors of two copies are different classes.
const requireOfApp = createRequire(join(process.cwd(), 'service', 'src', 'node', 'index.js'))
// Load the entry first, as an app does: the runtime has circular imports.
requireOfApp('@vtex/api')
const { getServiceJSON } = requireOfApp('@vtex/api/lib/service/loaders')
const { startWorker } = requireOfApp('@vtex/api/lib/service/worker')

// GraphQL is not simulated: the runtime would look for a schema that VTEX's builder writes.
const service = getServiceJSON()
delete service.routes?.__graphql

const server = startWorker(service).listen(0, '127.0.0.1', () => {
  process.send({ port: server.address().port })
})
// Longer than the edge's keep-alive, so that no connection in use is closed.
server.keepAliveTimeout = 75_000
