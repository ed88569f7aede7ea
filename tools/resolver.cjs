// Where tests find modules: as ever, but for ramda, which comes in one file as well as in 343, and would be loaded
// anew for each test file. What packages ask for, some of them another version, is theirs.
module.exports = (path, options) => {
  const isOurs = !options.basedir.includes('/node_modules/')
  const wanted = path === 'ramda' && isOurs ? 'ramda/dist/ramda' : path
  return options.defaultResolver(wanted, options)
}
