import { createRandom, type Random } from "../../../../runtime/src/testing/fake/random.js";

/** Values that are a little different from a valid one: most are wrong somewhere, in every way a value can be wrong. */
export function mutations(value: unknown, count: number, seed: number): readonly unknown[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const rounds = random.chance(0.2) ? 2 : 1;
    let changed = value;
    for (let round = 0; round < rounds; round += 1) changed = mutate(changed, random);
    return changed;
  });
}

/** Changes one place, at any depth. */
function mutate(value: unknown, random: Random): unknown {
  const isContainer = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  if (!isContainer || random.chance(0.35)) return random.pick(mutatorsOf(value))(value as never, random);
  const key = random.pick(Object.keys(value));
  const inner = mutate(Reflect.get(value, key), random);
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? inner : item));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, name === key ? inner : one]));
}

type Mutator = (value: never, random: Random) => unknown;

const replacements = [null, true, "text", 0, -1, 1.5, [], {}, ["text"], { a: 1 }, "", "1", 2 ** 31, 1e21] as const;
const replaced: Mutator = (_: unknown, random) => random.pick(replacements);

const ofObjects: readonly Mutator[] = [
  replaced,
  (value: object, random) => without(value, random.pick(Object.keys(value).length > 0 ? Object.keys(value) : [""])),
  (value: object) => ({ ...value, unexpected: "field" }),
  (value: object) => ({ ...value, x: 1, y: 2, z: null }),
  (value: object, random) => {
    const [name = "", one] = random.pick(
      Object.entries(value).length > 0 ? Object.entries(value) : [["", null] as const],
    );
    return { ...without(value, name), [`${name}2`]: one };
  },
  (value: object, random) => {
    const name = random.pick(Object.keys(value).length > 0 ? Object.keys(value) : ["a"]);
    return { ...value, [name]: random.pick(replacements) };
  },
  () => ({}),
];

const ofArrays: readonly Mutator[] = [
  replaced,
  (value: unknown[]) => value.slice(1),
  (value: unknown[]) => [...value, ...value],
  (value: unknown[]) => [...value, null],
  (value: unknown[]) => Array.from({ length: 200 }, () => value[0] ?? 1),
  () => [],
];

const ofStrings: readonly Mutator[] = [
  replaced,
  (value: string) => value.slice(0, -1),
  (value: string) => `${value}x`,
  (value: string) => value.repeat(300),
  (value: string) => `${value}é中😀`,
  () => "😀",
  (value: string) => value.toUpperCase(),
  (value: string) => ` ${value}`,
  (value: string) => Number(value),
  () => "2024-02-30T25:61:00Z",
  () => "2024-02-29",
  () => "not a format",
];

const ofNumbers: readonly Mutator[] = [
  replaced,
  (value: number) => value + 0.5,
  (value: number) => -value,
  (value: number) => value * 1e6,
  (value: number) => value + 1,
  (value: number) => value - 1,
  (value: number) => String(value),
  () => 0,
  () => Number.MAX_SAFE_INTEGER,
];

const ofOthers: readonly Mutator[] = [replaced];

function mutatorsOf(value: unknown): readonly Mutator[] {
  if (Array.isArray(value)) return ofArrays;
  if (typeof value === "string") return ofStrings;
  if (typeof value === "number") return ofNumbers;
  return typeof value === "object" && value !== null ? ofObjects : ofOthers;
}

function without(value: object, name: string): object {
  return Object.fromEntries(Object.entries(value).filter(([key]) => key !== name));
}
