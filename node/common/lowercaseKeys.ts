/** The same with the names of its fields in lower case, where it is an object: VTEX answers in either spelling. */
export const lowercaseKeys = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key.toLowerCase(), each]))
    : value
