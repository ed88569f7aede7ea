import { Turns } from './turns'

/** A line whose callers are let through one for each `pass()`. */
function lineOf() {
  const passes: Array<() => void> = []
  const turns = new Turns<string>(() => new Promise((resolve) => passes.push(resolve)))
  const passed: string[] = []
  const ask = (kind: string, name: string) => void turns.wait(kind).then(() => passed.push(name))
  const pass = async () => {
    passes.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { ask, pass, passed, passes }
}

it('lets callers of one kind through in the order in which they came', async () => {
  const { ask, pass, passed } = lineOf()
  for (const name of ['a1', 'a2', 'a3']) ask('a', name)
  for (let turn = 0; turn < 3; turn++) await pass()
  expect(passed).toEqual(['a1', 'a2', 'a3'])
})

it('takes turns between the kinds, however many of one came first', async () => {
  const { ask, pass, passed } = lineOf()
  for (const name of ['a1', 'a2', 'a3']) ask('a', name)
  for (const name of ['b1', 'b2']) ask('b', name)
  for (let turn = 0; turn < 5; turn++) await pass()
  expect(passed).toEqual(['a1', 'b1', 'a2', 'b2', 'a3'])
})

it('asks for the next one only after the one before has passed', async () => {
  const { ask, pass, passes } = lineOf()
  ask('a', 'a1')
  ask('a', 'a2')
  expect(passes).toHaveLength(1)
  await pass()
  expect(passes).toHaveLength(1)
})

it('serves whoever comes after the line was empty', async () => {
  const { ask, pass, passed } = lineOf()
  ask('a', 'a1')
  await pass()
  ask('b', 'b1')
  await pass()
  expect(passed).toEqual(['a1', 'b1'])
})
