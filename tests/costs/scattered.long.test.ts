import { scatteredChanges } from './scattered'

scatteredChanges(500_000, 1_200_000)
