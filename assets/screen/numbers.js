// How a number is written: as app/page/numbers.py writes it.

// in at most so many significant digits
export function written(value, digits) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e").map(Number);
  const long = exponent < -4 || exponent >= digits;
  const text = long ? `${mantissa}e${exponent}` : String(Number(value.toPrecision(digits)));
  return text.replaceAll("-", "−");
}
