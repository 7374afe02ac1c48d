// A lesson as one file: the page's own panel and drawings, a scene for each phase, and no server behind it.
import { judged } from "./learn/judge.js";
import { Panel } from "./learn/panel.js";
import { kind_of, said_to } from "./learn/phases.js";
import { watch } from "./learn/watched.js";
import { draw, graphs, painted } from "./screen/graphs.js";
import "./screen/paper.js";
import { playhead } from "./screen/playhead.js";
import "./screen/pointing.js";
import { theme } from "./screen/theme.js";
import "./screen/wheel.js";
import { uncoded } from "./wire/arrays.js";

const STILL = matchMedia("(prefers-reduced-motion: reduce)");
const PAGES = { PageUp: -1, PageDown: 1 };
const root = document.documentElement;
const { phases, first } = uncoded(document.getElementById("scene").textContent);
const here = { phase: first, said: [], reason: null };

const acts = {
  presents: () => false,
  say(said) {
    const { look } = phases[here.phase];
    here.said[look.ask.n - 1] = said;
    go(look.phases[look.phases.indexOf(here.phase) + 1], true);
  },
  phase: (name) => go(name),
  reason(place) {
    here.reason = place;
    show();
  },
};
const panel = new Panel(document.getElementById("lesson"), acts);

// `answered`: what was asked is seen from its first step on
function go(phase, answered = false) {
  const another = phase !== here.phase;
  here.phase = phase;
  draw_scene();
  show(another);
  if (answered && !STILL.matches && phases[phase].told.scene) playhead.run();
}

function show(asked = false) {
  const { look: planned } = phases[here.phase];
  const look = { ...planned, said: [...here.said], reason: here.reason };
  const piece = piece_of(look);
  root.dataset.phase = kind_of(here.phase);
  panel.show(look, piece, { asked });
  watch(framed(piece?.watch));
}

function piece_of(look) {
  const { piece, pieces, rule } = phases[here.phase];
  if (pieces) return here.reason === null ? null : pieces[here.reason];
  return piece ? { ...piece, ...judged(rule, said_to(look)) } : null;
}

// a table is none of what is here: its runs are on the map
const framed = (id) => (id?.startsWith("table") ? "map" : id);

// --- the drawings ---

// what is seen of a phase: a scene, or a picture, or nothing yet
function draw_scene() {
  const { drawn, told } = phases[here.phase];
  root.dataset.drawn = drawn;
  for (const part of document.querySelectorAll("[data-of-phase]")) part.hidden = part.dataset.ofPhase !== told.of;
  if (!told.scene) return;
  const { scene, skeletons, titles } = told;
  theme.follow(scene.theme);
  draw({ ...scene, skeletons: skeletons[theme.mode()] });
  playhead.follow(scene.steps, scene.t, "");
  for (const [graph, title] of Object.entries(titles)) document.querySelector(`[data-title="${graph}"]`).textContent = title;
}

function place_start() {
  const mark = document.getElementById("start");
  const { scene } = phases[here.phase].told;
  const plane = scene && graphs.map.plane();
  mark.hidden = !plane;
  if (!plane) return;
  const [x, y] = plane.to_pixels(scene.start);
  mark.style.transform = `translate(${x}px, ${y}px)`;
  mark.style.visibility = plane.holds(scene.start) ? "" : "hidden";
}

document.addEventListener("keydown", (event) => {
  const by = PAGES[event.key];
  if (!by || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  event.preventDefault(); // and so the playhead leaves it alone
  panel.step(by);
}, true);

painted.listen((graph) => graph === graphs.map && place_start());
theme.turned.listen(draw_scene);
go(first);
