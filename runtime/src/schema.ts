/** How schemas are read, for tools that work on contracts: the generator reads patterns and numbers as programs do. */

export { isMultipleOf } from "./contract/decimal.js";
export { patternMatcher, unicodePattern } from "./contract/pattern.js";
