// Where tests find modules: as ever, but for ramda, which comes in one file as well as in 300, and would be loaded
// anew for each test file.
module.exports = (path, options) =>
  options.defaultResolver(path === 'ramda' ? 'ramda/dist/ramda' : path, options)
