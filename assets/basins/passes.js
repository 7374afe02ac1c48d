// In which order the starts of a map are walked, as app/basins/passes.py has it, and what each pass shows: the start of a
// coarse cell stands for all of it until finer ones are there.

// of every pass the places along a side where it has starts
function lines(sizes) {
  let places = Array.from({ length: sizes.at(-1) }, (_, i) => i);
  const found = [places];
  for (let pass = sizes.length - 2; pass >= 0; pass--) {
    const [size, finer] = [sizes[pass], sizes[pass + 1]];
    const known = places;
    places = Array.from({ length: size }, (_, i) => known[Math.floor(((i + 0.5) * finer) / size)]);
    found.unshift(places);
  }
  return found;
}

// { cells: in their order, ends: after how many of them each pass is over, blocks: of each cell [pass, column, row] }
export function order_of(sizes) {
  const size = sizes.at(-1);
  const cells = new Int32Array(size * size);
  const pass_of = new Uint8Array(size * size).fill(255);
  const ends = [];
  let count = 0;
  for (const [pass, places] of lines(sizes).entries()) {
    for (const row of places)
      for (const column of places) {
        const cell = row * size + column;
        if (pass_of[cell] !== 255) continue;
        pass_of[cell] = pass;
        cells[count++] = cell;
      }
    ends.push(count);
  }
  return { size, sizes, cells, ends };
}

// the lines of the finest map that a coarse one's cell covers: from each one's first to the next one's
export function edges_of(size, coarse) {
  return Int32Array.from({ length: coarse + 1 }, (_, i) => Math.ceil((i * size) / coarse));
}
