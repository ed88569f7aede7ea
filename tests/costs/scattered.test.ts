import { scatteredChanges } from './scattered'

scatteredChanges(50_000, 120_000)
