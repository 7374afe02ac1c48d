// Plotly is half of what the page weighs, and blocks it for as long as it takes to read: it is fetched when the first
// view is painted, and read when nothing moves. An exported page has it from the beginning.
import { signal } from "../signal.js";
import { playhead } from "./playhead.js";
import { pointer } from "./pointer.js";
import { fetch_ahead, pause_for, run } from "./scripts.js";

const LOOK = 100; // ms between looks whether all is quiet

export const arrived = signal();
const state = { wanted: false };

export const is_here = () => Boolean(window.Plotly);

const address = () => document.documentElement.dataset.plotly;

export const fetch_plotly = () => fetch_ahead(address());

export async function want() {
  if (state.wanted || is_here()) return;
  state.wanted = true;
  await fetch_plotly();
  while (pointer.pressed || playhead.playing()) await pause_for(LOOK);
  await run(address());
  arrived.tell();
}

export async function there() {
  want();
  if (!is_here()) await new Promise((done) => arrived.listen(done));
}
