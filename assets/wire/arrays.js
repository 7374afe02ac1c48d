// Messages with arrays in them, as app/screen/arrays.py writes them: as bytes for the page, as text for the exported one.

const PLANES = 4; // bytes of a number that travel apart
const KINDS = { f4: Float32Array, f8: Float64Array, i2: Int16Array };

// a JSON header, then the numbers, of which each array is a view
export function unframed(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = new TextDecoder().decode(new Uint8Array(buffer, PLANES, length));
  const numbers = in_place(new Uint8Array(buffer, PLANES + length));
  return JSON.parse(header, (_, value) => (value?.dtype && "at" in value ? placed(numbers, value) : value));
}

// in the text an array is base64
export function uncoded(text) {
  return JSON.parse(text, (_, value) => (value?.bdata === undefined ? value : coded(value)));
}

// from all first bytes of every four, all second ones, ... back to the order of the numbers
function in_place(planes) {
  const count = planes.length / PLANES;
  const words = new Uint32Array(count);
  const [second, third, fourth] = [count, 2 * count, 3 * count];
  for (let i = 0; i < count; i++)
    words[i] = planes[i] | (planes[second + i] << 8) | (planes[third + i] << 16) | (planes[fourth + i] << 24);
  return words.buffer;
}

function placed(numbers, { at, n, dtype, shape }) {
  return shaped(new KINDS[dtype](numbers, at, n), shape?.[1]);
}

function coded({ bdata, dtype, shape }) {
  const bytes = Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0)).buffer;
  return shaped(new KINDS[dtype](bytes), Number(shape?.split(",")[1]));
}

// a table is an array of rows
function shaped(flat, width) {
  if (!width) return flat;
  return Array.from({ length: flat.length / width }, (_, row) => flat.subarray(row * width, (row + 1) * width));
}
