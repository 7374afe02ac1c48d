// Plotly is half of what the page weighs, and blocks it for as long as it takes to read: it is fetched while the page is
// built, and read when the first view is painted and nothing moves. An exported page has it from the beginning.
import { signal } from "../signal.js";
import { playhead } from "./playhead.js";
import { pointer } from "./pointer.js";

const LOOK = 100; // ms between looks whether all is quiet
const AGAIN = 1000; // ms until it is asked for once more

export const arrived = signal();
const state = { fetched: null, wanted: false };

export const is_here = () => Boolean(window.Plotly);

const address = () => document.documentElement.dataset.plotly;

// into what the browser keeps
export function fetch_ahead() {
  state.fetched ??= fetch(address()).then((response) => response.ok && response.arrayBuffer()).catch(() => null);
  return state.fetched;
}

export async function want() {
  if (state.wanted || is_here()) return;
  state.wanted = true;
  while (!(await fetch_ahead())) {
    await pause_for(AGAIN);
    state.fetched = null;
  }
  while (pointer.pressed || playhead.playing()) await pause_for(LOOK);
  read();
}

function read() {
  const script = Object.assign(document.createElement("script"), { src: address() });
  script.addEventListener("load", () => arrived.tell());
  script.addEventListener("error", () => {
    Object.assign(state, { fetched: null, wanted: false });
    setTimeout(want, AGAIN);
  });
  document.head.append(script);
}

export async function there() {
  want();
  if (!is_here()) await new Promise((done) => arrived.listen(done));
}

const pause_for = (ms) => new Promise((done) => setTimeout(done, ms));
