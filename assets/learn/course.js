// The course page: all lessons in the order of what they need, a selection in an order of one's own, and the tables.
import { copy } from "../screen/clipboard.js";
import { make, small_button } from "../screen/elements.js";
import { while_open } from "../screen/tabs.js";
import { gate } from "../wire/gate.js";
import { Tiles } from "../wire/tiles.js";
import { hours, phase_called, query_of, whole } from "./links.js";
import { progress } from "./progress.js";
import { Tables } from "./tables.js";

const LEVELS = { first: "First course", second: "Second course" };
const FAR = { "": "not begun", seen: "answered", reached: "target reached" };
const FORGETS = "This browser keeps nothing: the dots last as long as this page.";
const COPY = "Copy link";
const CHANGES = "input, .course-own button, [data-hold=clear], a:is([data-hold^=start], [data-hold^=dot-])"; // the page
const LOCKED = "locked by this link";

class Course {
  #place = document.getElementById("course");
  #tiles = new Tiles("learn");
  #tables = new Tables();
  #look = null;
  #asked = "";
  #open = new Set(); // lessons whose links are shown

  constructor() {
    progress.changed.listen(() => this.#look && this.#draw());
  }

  async follow({ query }) {
    if (query === this.#asked) return;
    this.#asked = query;
    const work = await this.#tiles.plan(query);
    if (!work?.look.lessons || query !== this.#asked) return;
    const first = this.#look === null;
    this.#look = work.look;
    if (first) this.#tables.show(work);
    this.#draw();
  }

  // --- what is shown ---

  #draw() {
    const held = document.activeElement?.dataset.hold;
    this.#place.replaceChildren(this.#head(), this.#own(), ...this.#levels(), this.#tables.element);
    if (gate.last?.lock.includes("learn")) put_out(this.#place);
    if (held) this.#place.querySelector(`[data-hold="${held}"]`)?.focus({ preventScroll: true });
  }

  #head() {
    const lessons = this.#chosen();
    const next = lessons.find(({ id }) => !progress.of(id));
    const begun = lessons.some(({ id }) => progress.of(id));
    const start = this.#link(next ?? lessons[0], next && begun ? `Go on with ${next.id}` : "Start", "main", "start");
    const told = `${count(lessons.length)}, ${hours(sum(lessons))}. Each asks first, and computes what is so after you answered.`;
    const dots = make("div", { class: "course-dots", role: "group", "aria-label": "Progress" }, ...lessons.map((one) => this.#dot(one)));
    const parts = [make("p", {}, told), dots];
    if (!progress.kept()) parts.push(make("p", { class: "note" }, FORGETS));
    const row = make("div", { class: "course-start" }, start, this.#short());
    return card("Predict, then see", [...parts, row]);
  }

  #dot({ id, title }) {
    const far = progress.of(id);
    const name = `${id}: ${title}, ${FAR[far]}`;
    const dot = make("a", { class: `far ${far}`, href: this.#query(id), "aria-label": name, title: name, "data-hold": `dot-${id}` });
    return opens(dot, id);
  }

  #short() {
    const box = make("input", { type: "checkbox", "data-hold": "short" });
    box.checked = this.#is_short();
    box.addEventListener("change", () => gate.edit("switch", "view.short", box.checked));
    return make("label", { class: "toggle" }, box, "short form: the questions and what is so, no more");
  }

  // the lessons of the selection in its order, else all
  #chosen() {
    const { lessons, order } = this.#look;
    const selection = chosen();
    const named = new Map(lessons.map((one) => [one.id, one]));
    return (selection.length ? selection : order).map((id) => named.get(id));
  }

  #levels() {
    const named = new Map(this.#look.lessons.map((one) => [one.id, one]));
    const all = this.#look.order.map((id) => named.get(id));
    return Object.entries(LEVELS).map(([level, title]) => {
      const lessons = all.filter((one) => one.level === level);
      if (!lessons.length) return "";
      const list = make("ol", { class: "course-lessons" }, ...lessons.map((one) => this.#item(one)));
      return card(title, [list], `${count(lessons.length)}, ${hours(sum(lessons))}`);
    });
  }

  #item(lesson) {
    const { id, title, minutes, idea, needs } = lesson;
    const far = progress.of(id);
    const after = needs.length ? `after ${needs.map((one) => one.id ?? one).join(", ")}` : "";
    const about = [`${minutes} min`, after, far && FAR[far]].filter(Boolean).join(" · ");
    const words = make("div", {}, make("h3", {}, make("b", {}, id), title), make("p", { class: "note" }, about), make("p", {}, idea));
    const start = this.#link(lesson, far === "reached" ? "Again" : "Start", "plain small", `start-${id}`);
    start.setAttribute("aria-label", `Start ${id}: ${title}`);
    return make("li", { "data-far": far }, this.#tick(lesson), words, start, this.#links(lesson));
  }

  #tick({ id, title }) {
    const box = make("input", { type: "checkbox", "aria-label": `Select ${id}: ${title}`, "data-hold": `tick-${id}` });
    box.checked = chosen().includes(id);
    box.addEventListener("change", () => this.#choose(box.checked ? [...chosen(), id] : chosen().filter((one) => one !== id)));
    return make("label", { class: "chosen" }, box);
  }

  // --- for who teaches ---

  #links(lesson) {
    const { id, phases } = lesson;
    const shown = make("details", { class: "course-links" }, make("summary", { "data-hold": `links-${id}` }, "For teachers"));
    shown.open = this.#open.has(id);
    shown.addEventListener("toggle", () => (shown.open ? this.#open.add(id) : this.#open.delete(id)));
    const rows = [["Lesson", { lesson: id }], ...phases.map((phase) => [phase_called(phase, phases), { lesson: id, phase }])];
    const list = make("ul", {}, ...rows.map(([name, told]) => this.#to_copy(`${id} ${name}`, name, query_of({ ...told, ...this.#kept() }))));
    const file = make("a", { href: `export/lesson${this.#query(id)}`, download: "", "data-export": "lesson", "data-of": this.#query(id), "data-hold": `file-${id}` }, "Lesson as one file (it holds the answers)");
    const paper = ["worksheet", "key"].map((kind) => printed(`worksheet/${id}${kind === "key" ? "/key" : ""}`, kind));
    shown.append(list, make("p", { class: "ways" }, ...paper, file));
    return shown;
  }

  #to_copy(hold, name, query) {
    const button = small_button(COPY, () => copy(whole(query), button, COPY));
    button.setAttribute("aria-label", `Copy link: ${hold}`);
    button.dataset.hold = `copy-${hold}`;
    return make("li", {}, make("a", { href: query }, name), button);
  }

  // the selection, in its order
  #own() {
    const selection = chosen();
    const note = "Tick lessons below to make a course of your own: a link, in your order.";
    if (!selection.length) return card("A course of your own", [make("p", { class: "note" }, note)]);
    const lessons = this.#chosen();
    const list = make("ol", { class: "course-own" }, ...lessons.map((one, place) => this.#moved(one, place)));
    const query = query_of({ tab: "learn", course: selection, short: this.#is_short() && "1" });
    const button = small_button(COPY, () => copy(whole(query), button, COPY));
    const clear = small_button("Clear", () => this.#choose([]));
    [button.dataset.hold, clear.dataset.hold] = ["copy-course", "clear"];
    const paper = ["worksheet", "key"].map((kind) => printed(`worksheet${kind === "key" ? "/key" : ""}?course=${selection}`, kind));
    const row = make("div", { class: "course-start" }, button, make("span", { class: "ways" }, ...paper), clear);
    return card("A course of your own", [list, row], `${count(lessons.length)}, ${hours(sum(lessons))}`);
  }

  #moved({ id, title, minutes }, place) {
    const selection = chosen();
    const acts = [
      ["up", "Earlier", place > 0, () => this.#choose(swapped(selection, place - 1))],
      ["down", "Later", place < selection.length - 1, () => this.#choose(swapped(selection, place))],
      ["remove", "Leave out", true, () => this.#choose(selection.filter((one) => one !== id))],
    ];
    const buttons = acts.map(([icon, name, can, act]) => {
      const button = make("button", { type: "button", class: "bare", "aria-label": `${name}: ${id}`, title: name, "data-hold": `${icon}-${id}` });
      button.append(make("span", { class: `icon icon-${icon}` }));
      button.ariaDisabled = can ? null : "true";
      button.addEventListener("click", () => can && act());
      return button;
    });
    const words = make("span", {}, make("b", {}, id), ` ${title}, ${minutes} min`);
    return make("li", {}, words, make("span", { class: "moves" }, ...buttons));
  }

  // --- links ---

  #link({ id }, text, look, hold) {
    return opens(make("a", { class: look, href: this.#query(id), "data-hold": hold }, text), id);
  }

  #query(id) {
    return query_of({ lesson: id, ...this.#kept() });
  }

  #choose(ids) {
    gate.edit("text", "lesson.course", ids.join(","));
    this.#draw();
  }

  // what goes with one from lesson to lesson
  #kept() {
    return { short: this.#is_short() && "1", course: chosen() };
  }

  #is_short() {
    return this.#look.short === true || this.#look.short === "on";
  }
}

const count = (number) => (number === 1 ? "1 lesson" : `${number} lessons`);
const sum = (lessons) => lessons.reduce((minutes, one) => minutes + one.minutes, 0);

// the selection as it is by now: what was just chosen is on its way to the server, and its answer knows the rest
function chosen() {
  const said = gate.pending("text", "lesson.course") ?? new URLSearchParams(gate.last?.query ?? "").get("course") ?? "";
  return said.split(",").filter(Boolean);
}

function put_out(place) {
  for (const one of place.querySelectorAll(CHANGES)) {
    if (one.matches("a")) one.ariaDisabled = "true";
    else one.disabled = true;
    one.title = LOCKED;
  }
}

const swapped = (ids, place) => ids.toSpliced(place, 2, ids[place + 1], ids[place]);

// the page goes there by itself; a new window by the address
function opens(link, id) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (link.ariaDisabled !== "true") gate.edit("choice", "lesson.open", id);
  });
  return link;
}

function printed(href, kind) {
  const name = { worksheet: "Worksheet", key: "Answer key" }[kind];
  return make("a", { href, target: "_blank", rel: "noopener" }, name);
}

function card(title, children, beside = "") {
  const heading = make("div", { class: "card-head" }, make("h2", {}, title), make("span", { class: "note" }, beside));
  return make("section", { class: "card", "aria-label": title }, heading, ...children);
}

export const course = new Course();

while_open("learn", (reply) => course.follow(reply));
