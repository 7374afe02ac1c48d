// Arrays as they travel: little-endian bytes in base64. float32 is for drawing, float64 for showing the numbers.

// traces: uid -> attribute -> a value, or the bytes of an array
export function decoded(traces) {
  const value = (given) => (given?.bdata === undefined ? given : floats(given));
  return by_name(traces, (attributes) => by_name(attributes, value));
}

export function doubles({ bdata }) {
  return new Float64Array(bytes(bdata).buffer);
}

const by_name = (values, change) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));

// a table becomes an array of rows
function floats({ bdata, shape }) {
  const flat = new Float32Array(bytes(bdata).buffer);
  if (!shape) return flat;
  const width = Number(shape.split(",")[1]);
  return Array.from({ length: flat.length / width }, (_, row) => flat.subarray(row * width, (row + 1) * width));
}

function bytes(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
}
