/** A number as it is written: `mantissa * 10 ** exponent`. */
interface Decimal {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/**
 * Whether a number is a multiple of another, in decimal arithmetic on the shortest text of both: 19.99 is a multiple of
 * 0.01, although no binary fraction is. A step that is not above zero, or a value that is no finite number, says nothing.
 */
export function isMultipleOf(value: number | bigint, step: number): boolean {
  if (!(step > 0) || step === Number.POSITIVE_INFINITY) return true;
  if (typeof value === "number") {
    if (!Number.isFinite(value)) return true;
    if (Number.isSafeInteger(value) && Number.isSafeInteger(step)) return value % step === 0;
  }
  const [left, right] = [decimalOf(value), decimalOf(step)];
  const scale = Math.min(left.exponent, right.exponent);
  const scaled = ({ mantissa, exponent }: Decimal): bigint => mantissa * 10n ** BigInt(exponent - scale);
  return scaled(left) % scaled(right) === 0n;
}

function decimalOf(value: number | bigint): Decimal {
  const [digits = "", power = "0"] = String(value).split("e");
  const [whole = "", fraction = ""] = digits.split(".");
  return { mantissa: BigInt(whole + fraction), exponent: Number(power) - fraction.length };
}
