// Plotly is half of what the page weighs, and blocks it for as long as it takes to read: it comes when the first view is
// painted and nothing moves. Where it is part of the page it is there from the beginning.
import { signal } from "../signal.js";
import { playhead } from "./playhead.js";
import { pointer } from "./pointer.js";

const REST = 100; // ms between looks whether all is quiet
const AGAIN = 1000; // ms until it is asked for once more

export const arrived = signal();
let wanted = false;

export const is_here = () => Boolean(window.Plotly);

export function there() {
  want();
  return is_here() ? null : new Promise((done) => arrived.listen(done));
}

export async function want() {
  if (wanted || is_here()) return;
  wanted = true;
  const src = new URL("../plotly.min.js", import.meta.url);
  while (!(await fetched(src))) await pause(AGAIN);
  while (pointer.pressed || playhead.playing()) await pause(REST);
  const script = Object.assign(document.createElement("script"), { src });
  script.addEventListener("load", () => arrived.tell());
  script.addEventListener("error", () => {
    wanted = false;
    setTimeout(want, AGAIN);
  });
  document.head.append(script);
}

// into what the browser keeps: reading it can wait
async function fetched(address) {
  const response = await fetch(address).catch(() => null);
  return response?.ok && response.arrayBuffer().catch(() => null);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
