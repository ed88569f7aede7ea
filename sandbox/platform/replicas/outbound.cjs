'use strict'
// Keeps TLS inside VTEX IO's rules: calls leave a worker through the egress, by plain http. What opens TLS by
// itself (node's https, fetch, tls) is judged by the egress, as a CONNECT, and never gets out from here. Other raw
// TCP, such as SFTP, goes its way.
const http = require('node:http')
const net = require('node:net')
const tls = require('node:tls')

/** A TLS connection that was not let out. */
class OutboundRefused extends Error {
  constructor(message) {
    super(message)
    this.name = 'OutboundRefused'
    this.code = 'EACCES'
  }
}

/** Replaces `tls.connect`, on which https and fetch stand: `proxy` is the egress's URL. */
function blockTls(proxy) {
  const { hostname, port } = new URL(proxy)

  const judge = (target, settle) => {
    const request = http.request({ hostname, port, method: 'CONNECT', path: target, agent: false })
    // The egress opens no tunnel: whatever it answers is why not.
    request.once('connect', ({ statusCode }, socket, head) => {
      const chunks = [head]
      socket.on('data', (chunk) => chunks.push(chunk))
      socket.once('close', () => settle(reasonIn(Buffer.concat(chunks)) ?? `status ${statusCode}`))
      socket.on('error', () => undefined)
    })
    request.once('error', (error) => settle(`the egress does not answer: ${error.message}`))
    request.end()
  }

  tls.connect = (...args) => {
    const target = targetOf(args)
    const socket = new net.Socket()
    // What is written meanwhile waits, as it does for a handshake.
    socket.connecting = true
    judge(target, (reason) => {
      socket.destroy(new OutboundRefused(`TLS to ${target} was refused: ${reason}`))
    })
    return socket
  }
}

/** `host:port` of tls.connect's arguments: `(options)`, `(port, options)` or `(port, host, options)`. */
function targetOf(args) {
  const options = args.find((each) => typeof each === 'object' && each !== null) ?? {}
  const [port = options.port, host = options.host] = typeof args[0] === 'object' ? [] : args
  const name = typeof host === 'string' ? host : options.host
  return `${name ?? options.servername ?? 'localhost'}:${port ?? 443}`
}

function reasonIn(body) {
  try {
    return JSON.parse(body.toString('utf8')).message
  } catch {
    return undefined
  }
}

module.exports = { blockTls }
