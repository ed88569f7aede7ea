/** Thrown for a file that is not imported; the message is the reason. */
export class Rejected extends Error {}
