// Below the map: a sentence on every run, and a table, the equations with this step's numbers, or notes. All texts come
// from the server, asked for when nothing else is under way.
import { show_texts } from "../screen/controls.js";
import { graphs, pointed } from "../screen/graphs.js";
import { playhead } from "../screen/playhead.js";
import { pointer } from "../screen/pointer.js";
import { ask } from "../wire/channel.js";
import { gate } from "../wire/gate.js";
import { dot, make, replace_keeping_focus, small_button } from "../screen/elements.js";
import { Equations, inspected } from "./equations.js";
import { table } from "./table.js";

const PACE = 250; // ms between looks at the playhead while it runs
const SOON = 30; // ms before one when it was moved by hand
const RETRY = 100; // ms between looks whether there is time to ask
const LOST = 15000; // ms after which a question is taken for lost
const FEW = 3; // sentences that stand there unasked
const VOICE = 1000; // ms between messages to a screen reader

class Details {
  #reply = null; // what the page shows
  #walks = ""; // the query that the equations belong to, without the playhead
  #equations = [];
  #asking = false;
  #again = false; // ask as soon as there is time
  #asked_at = 0;
  #newest = null; // question; what an older one brings is not shown
  #timer = 0;

  constructor() {
    playhead.moved.listen(() => this.#follow_playhead());
    setInterval(() => {
      if (this.#asking && performance.now() - this.#asked_at > LOST) this.#asking = false;
      if (this.#again) this.#ask();
    }, RETRY);
  }

  follow(reply) {
    this.#reply = reply;
    this.#ask();
  }

  // the equations are here already, the rest is asked for at most four times a second
  #follow_playhead() {
    if (this.#timer) return;
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#fill();
      if (!playhead.playing() || this.#reply?.live) this.#ask();
    }, playhead.playing() ? PACE : SOON);
  }

  async #ask() {
    this.#again = Boolean(this.#reply) && (this.#asking || !gate.idle() || pointer.pressed);
    if (this.#again || !this.#reply) return;
    this.#asking = true;
    this.#asked_at = performance.now();
    const asked = (this.#newest = {});
    const { query } = this.#reply;
    const brief = this.#equations.length > 0 && this.#walks === without_playhead(query);
    const t = playhead.step();
    const { answer } = await ask("ask", { query, t, brief });
    if (asked !== this.#newest) return;
    this.#asking = false;
    if (answer) this.#receive(answer, t);
  }

  #receive(answer, t) {
    say(answer.said, t);
    for (const [name, shown] of Object.entries(answer.graphs)) tell(name, shown);
    if (answer.brief) this.#fill();
    else this.#show(answer);
    graphs.map.overlay(answer.overlays);
  }

  #show(answer) {
    this.#walks = without_playhead(answer.query);
    const stories = answer.stories || [];
    const alone = new Set(stories.map(({ slot }) => slot)).size === 1;
    this.#equations = stories.map((story) => new Equations(story, alone));
    const body = document.getElementById("details");
    const scrolled = body.scrollLeft;
    replace_keeping_focus(body, this.#contents(answer));
    show_texts();
    this.#fill();
    body.scrollLeft = scrolled;
  }

  #contents(answer) {
    if (answer.table) return [table(answer.table)];
    return answer.stories ? this.#equations.map(({ element }) => element) : (answer.notes || []).map(note);
  }

  #fill() {
    for (const one of this.#equations) one.fill();
  }
}

export const details = new Details();
inspected.listen((slot) => gate.edit("choice", "view.inspect", slot === null ? "" : String(slot)));

// as long as the rest of the query stays, so do the numbers of every step
const without_playhead = (query) => query.replace(/(^|[?&])t=\d+/, "");

function note({ slot, label, text, edit }) {
  const line = make("p", { "data-slot": slot }, dot(slot), make("b", {}, `${label}: `), text);
  const show_other = () => gate.edit("action", edit, 1);
  if (edit) line.append(" ", small_button("Show the other one as a ghost", show_other));
  return line;
}

// --- the sentences ---------------------------------------------------------------------------------------------------

const voice = { text: "", timer: 0, spoke: -VOICE };
const few = { pointed: null, all: false };

// what a graph shows, beside it
function tell(name, shown) {
  const element = document.getElementById(`graph-${name}-told`);
  if (element.textContent !== shown) element.textContent = shown;
}

function say(sentences, step) {
  const lines = sentences.map(({ slot, text }) => make("li", { "data-slot": slot }, dot(slot), text));
  document.getElementById("said").replaceChildren(...lines);
  show_few();
  voice.text = [`Step ${step}.`, ...sentences.map(({ text }) => text)].join(" ");
  voice.timer ||= setTimeout(speak, Math.max(0, voice.spoke + VOICE - performance.now()));
}

// the first ones, and instead of the last of them the one of the run that is pointed at
function show_few() {
  const lines = [...document.getElementById("said").children];
  const at = lines.findIndex(({ dataset }) => Number(dataset.slot) === few.pointed);
  const shown = at < FEW ? lines.slice(0, FEW) : [...lines.slice(0, FEW - 1), lines[at]];
  for (const line of lines) line.hidden = !few.all && !shown.includes(line);
  const button = document.getElementById("said-all");
  button.hidden = lines.length <= FEW;
  button.textContent = few.all ? "fewer" : `all ${lines.length}`;
  button.setAttribute("aria-expanded", few.all);
}

pointed.listen((slot) => {
  if (few.pointed !== slot && document.getElementById("said")?.children.length > FEW) {
    few.pointed = slot;
    show_few();
  }
});

document.addEventListener("click", ({ target }) => {
  if (target.id !== "said-all") return;
  few.all = !few.all;
  show_few();
});

// to a screen reader
function speak() {
  voice.timer = 0;
  const live = document.getElementById("live");
  if (playhead.playing() || live.textContent === voice.text) return;
  voice.spoke = performance.now();
  live.textContent = voice.text;
}
