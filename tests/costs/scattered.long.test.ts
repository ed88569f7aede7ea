import { scatteredChanges } from './scattered'
import { LONG_TEST_MS } from './shop'

scatteredChanges(500_000, LONG_TEST_MS)
