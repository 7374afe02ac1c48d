// What is done before what it needs is there. To a graph, before Plotly has drawn it: a click on a plane needs no Plotly
// and is done at once; the last place of the pointer, a drag and a turn of the wheel with Ctrl are done when it has.
import { clicked, doubled, drawn, graph_at } from "./graphs.js";

const FIRM = 4; // px that a click may waver
const MOST = 200; // events of a graph that are kept

const kept = new Map(); // graph -> its events in their order
const down = { graph: null, at: null, moved: false }; // where a button is down; what follows belongs there, wherever it is

const waits = (graph) => (graph?.skeleton && !graph.is_drawn() ? graph : null);

function keep(graph, event) {
  const events = kept.get(graph) || [];
  if (event.type === "mousemove" && events.at(-1)?.type === "mousemove") events.pop(); // where it went is enough
  if (events.length < MOST) events.push(event);
  kept.set(graph, events);
}

const is_far = ({ clientX, clientY }) => Math.hypot(clientX - down.at.clientX, clientY - down.at.clientY) > FIRM;

const ON = {
  mousedown(graph, event) {
    Object.assign(down, { graph, at: event, moved: false });
  },
  mousemove(graph, event) {
    const begins = down.graph === graph && !down.moved && is_far(event);
    if (begins) keep(graph, down.at);
    down.moved ||= begins;
    if (down.moved || down.graph !== graph) keep(graph, event);
  },
  mouseup(graph, event) {
    if (down.moved) keep(graph, event);
    down.graph = null;
  },
  click(graph, event) {
    const plane = graph.is_plane() && !down.moved && graph.plane();
    if (!plane) return;
    if (event.detail > 1) return doubled.tell();
    const box = graph.gd.getBoundingClientRect();
    const point = plane.to_values([event.clientX - box.x, event.clientY - box.y]);
    if (plane.holds(point)) clicked.tell(point);
  },
  wheel(graph, event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    keep(graph, event);
  },
};

for (const [name, act] of Object.entries(ON))
  document.addEventListener(name, (event) => {
    const graph = waits((name !== "click" && down.graph) || graph_at(event.target));
    if (graph) act(graph, event);
    else down.graph = null;
  }, { capture: true, passive: false });

drawn.listen((graph) => {
  for (const event of kept.get(graph) || []) {
    const { type, clientX, clientY } = event;
    const target = document.elementFromPoint(clientX, clientY);
    if (target && (graph.gd.contains(target) || type !== "wheel")) target.dispatchEvent(new event.constructor(type, event));
  }
  kept.delete(graph);
});

// What is clicked before anybody hears it; what this returns has it done, once
export function keep_clicks(selector) {
  const early = [];
  const keep = ({ target }) => target.closest(selector) && early.push(target);
  document.addEventListener("click", keep, { capture: true });
  return () => {
    document.removeEventListener("click", keep, { capture: true });
    for (const target of early) target.click();
  };
}
