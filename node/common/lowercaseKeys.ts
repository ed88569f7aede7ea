/** Converts the keys of an object to lower case: VTEX uses camelCase and PascalCase. */
export const lowercaseKeys = (value: unknown): unknown =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key.toLowerCase(), each]))
    : value
