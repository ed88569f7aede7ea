#!/usr/bin/env node
'use strict'
require('tsx/cjs')
const { main } = require('../main.ts')

// Not process.exit: output to a pipe would be cut off.
main(process.argv.slice(2)).then((code) => {
  process.exitCode = code
})
