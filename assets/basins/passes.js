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

// { size, sizes, cells: in their order, ends: after how many of them each pass is over, blocks: of each pass the lines of
// the map that a start on each line speaks for }
export function order_of(sizes) {
  const size = sizes.at(-1);
  const cells = new Int32Array(size * size);
  const pass_of = new Uint8Array(size * size).fill(255);
  const [ends, blocks] = [[], []];
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
    blocks.push(blocks_of(places, size));
  }
  return { size, sizes, cells, ends, blocks };
}

// half way to the next start on either side: { from, to } of each line
function blocks_of(places, size) {
  const [from, to] = [new Int16Array(size), new Int16Array(size)];
  places.forEach((place, i) => {
    from[place] = i ? Math.floor((places[i - 1] + place) / 2) + 1 : 0;
    to[place] = i + 1 < places.length ? Math.floor((place + places[i + 1]) / 2) + 1 : size;
  });
  return { from, to };
}
