/** Writes a line of what happens, when somebody reads it. */
export type Trace = (line: () => string) => void;
