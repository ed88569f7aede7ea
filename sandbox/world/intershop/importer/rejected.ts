/** Why the importer does not take a file; the text of the reason beside it. */
export class Rejected extends Error {}
