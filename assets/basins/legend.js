// What the colours mean, in a line below the maps.
import { make } from "../screen/elements.js";
import { swatch } from "./shares.js";

const FEW = 7; // minima that are named

export function legend({ inks, minima, maps, steps, difference }, is_compared) {
  return is_compared ? compared(maps, inks, difference) : plain(inks, minima, steps);
}

function plain({ wells, none, diverged }, { colour, place }, steps) {
  const named = place.length <= FEW ? place.map((text, at) => entry(wells[colour[at]][0], text)) : [many(wells, place.length)];
  const [soon, late] = wells[1];
  const ramp = make("span", { class: "ramp", style: `background: linear-gradient(to right, ${soon}, ${late})` });
  const time = make("span", { class: "entry" }, "stays there from the start ", ramp, ` from step ${steps}`);
  return [...named, time, entry(none, "ends near none"), entry(diverged, "diverges")];
}

function many(wells, count) {
  const some = wells.slice(0, 4).map(([soon]) => swatch(soon));
  return make("span", { class: "entry" }, ...some, `one of ${count} minima: neighbours differ`);
}

function compared(maps, { none }, { sides, elsewhere }) {
  const of_run = ({ label }, i) => entry(sides[i], `${label} is there sooner: faint by little, strong by much, full where it alone arrives`);
  return [...maps.map(of_run), entry(elsewhere, "they end in different minima"), entry(none, "neither ends near one")];
}

const entry = (colour, text) => make("span", { class: "entry" }, swatch(colour), text);
