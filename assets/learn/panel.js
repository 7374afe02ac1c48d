// The lesson beside the tool that it is about. It is told a look and what the server answered, and tells what somebody
// does in `acts`: say(said), reason(place), phase(name), open(id), lang(code), leave(), way(), give_up(), and presents() says whether it stands on a wall. It
// knows of no server: an exported lesson plays with the same panel.
import { make } from "../screen/elements.js";
import { body_of, kind_of } from "./phases.js";
import { progress } from "./progress.js";

const CALLED = { ask: "Ask", see: "See", why: "Why", try: "Try" };
const FAR = { "": "", seen: "answered", reached: "reached" };

export class Panel {
  #acts;
  #place;
  #of = make("p", { class: "lesson-of" });
  #dots = make("div", { class: "dots", role: "img" });
  #kept = make("p", { class: "note", hidden: "" }, "This browser keeps no progress.");
  #langs = make("select", { "aria-label": "Language of the lesson" });
  #title = make("h2", { tabindex: "-1", id: "lesson-title" });
  #phases = make("ol", { class: "phases", "aria-label": "Phases of the lesson" });
  #body = make("div", { class: "lesson-body" });
  #live = make("p", { class: "unseen", role: "status", "aria-live": "polite" });
  #back = way("Back", "plain", () => this.step(-1));
  #next = way("Next", "main", () => this.step(1));
  #shown = null; // { look, body, name } of what is on the page
  #insisted = false; // Page Down was pressed in a question that has no answer

  constructor(place, acts) {
    this.#acts = acts;
    this.#place = place;
    const leave = way("Open in Explore", "plain small leave", () => acts.leave());
    const top = make("div", { class: "lesson-top" }, this.#of, this.#langs);
    this.#langs.addEventListener("change", () => acts.lang(this.#langs.value));
    const foot = make("div", { class: "lesson-foot" }, this.#back, leave, this.#next);
    place.append(this.#dots, top, this.#title, this.#phases, this.#body, foot, this.#kept, this.#live);
    progress.changed.listen(() => this.#shown && this.#show_dots(this.#shown.look));
  }

  // What the page is to show: a look, and what belongs to its phase if it is there. `asked`: by somebody on this page,
  // to whom the focus follows; `played`: { tries, shown, given_up } of a target.
  show(look, piece, { asked = false, played = {} } = {}) {
    const name = JSON.stringify([look.lesson.id, look.phase, look.lang ?? ""]);
    const another = name !== this.#shown?.name;
    if (another) this.#begin(look, name);
    this.#shown.look = look;
    this.#shown.body.follow(look, piece, played);
    this.#show_ways(look, piece, played);
    if (another && asked) this.#title.focus({ preventScroll: true });
    if (piece) this.#say(look, piece);
  }

  hide() {
    this.#shown?.body.stop();
    this.#shown = null;
    this.#body.replaceChildren();
  }

  // why what was done there is of no use
  complain(why) {
    const place = this.#body.querySelector(".error");
    if (place) place.textContent = why;
  }

  // to the next phase or the one before; a question goes on by its answer
  step(by) {
    if (!this.#shown) return;
    const { look, body } = this.#shown;
    const next = look.phases[look.phases.indexOf(look.phase) + by];
    if (by > 0 && body.answer) this.#go_on(body, next);
    else if (next) this.#acts.phase(next);
    else if (by > 0 && look.next) this.#acts.open(look.next);
  }

  // without an answer the one who asks twice is meant to see it: who teaches
  #go_on(body, next) {
    if (body.answer()) return;
    if (this.#insisted || this.#acts.presents()) this.#acts.phase(next);
    this.#insisted = true;
  }

  // --- what is shown ---

  #begin(look, name) {
    this.#shown?.body.stop();
    this.#insisted = false;
    const body = body_of(look, this.#acts);
    this.#shown = { look, body, name };
    this.#place.dataset.phase = kind_of(look.phase);
    this.#title.textContent = look.lesson.title;
    this.#of.textContent = `${look.lesson.id} · ${look.lesson.minutes} min`;
    this.#body.replaceChildren(body.element);
    this.#body.lang = look.lang ?? "en";
    this.#title.lang = this.#body.lang;
    this.#live.textContent = "";
    this.#show_langs(look);
    this.#show_phases(look);
    this.#show_dots(look);
    this.#kept.hidden = progress.kept();
  }

  #show_phases({ phases, phase }) {
    const many = phases.filter((one) => kind_of(one) === "ask").length > 1;
    const steps = phases.map((one, i) => {
      const number = many && kind_of(one) === "ask" ? ` ${one.match(/\d+$/)?.[0] ?? 1}` : "";
      const done = i < phases.indexOf(phase) ? { class: "done" } : {};
      return make("li", { ...done, ...(one === phase && { "aria-current": "step" }) }, `${CALLED[kind_of(one)]}${number}`);
    });
    this.#phases.replaceChildren(...steps);
  }

  #show_langs({ langs = [], lang = "en" }) {
    this.#langs.hidden = langs.length < 2;
    this.#langs.replaceChildren(...langs.map((code) => make("option", { value: code }, called(code))));
    this.#langs.value = lang;
  }

  #show_dots({ course, lesson }) {
    const reached = course.filter(({ id }) => progress.of(id) === "reached").length;
    const dots = course.map(({ id, title }) => {
      const how = progress.of(id);
      return make("span", { class: `${how} ${id === lesson.id ? "here" : ""}`, title: [`${id} ${title}`, FAR[how]].filter(Boolean).join(": ") });
    });
    this.#dots.ariaLabel = `${reached} of ${course.length} lessons reached`;
    this.#dots.replaceChildren(...dots);
  }

  // a question has its own way on; behind the last phase another lesson comes
  #show_ways(look, piece, { given_up }) {
    const { phases, phase, next, course } = look;
    const at = phases.indexOf(phase);
    const last = at === phases.length - 1;
    const follows = last && next;
    this.#back.classList.toggle("away", at === 0);
    this.#next.classList.toggle("away", kind_of(phase) === "ask" || (last && !follows));
    this.#next.textContent = follows ? "Next lesson" : "Next";
    this.#next.title = follows ? `${next} ${course.find(({ id }) => id === next)?.title ?? ""}` : "";
    const waits = kind_of(phase) === "try" && !(piece?.holds || given_up);
    this.#next.classList.toggle("quiet", waits);
  }

  // what has come, for who cannot see it
  #say(look, piece) {
    const words = {
      see: () => `${piece.told} ${piece.label ?? ""}: ${piece.shown ?? ""}. ${piece.reveal?.join(" ")}`,
      why: () => piece.told,
      try: () => (piece.holds ? `Reached. ${piece.now}` : piece.now),
    }[kind_of(look.phase)]?.();
    if (words && words !== this.#live.textContent) this.#live.textContent = words;
  }
}

// a language in its own words
const called = (code) => new Intl.DisplayNames([code], { type: "language" }).of(code);

function way(text, look, act) {
  const button = make("button", { type: "button", class: look }, text);
  button.addEventListener("click", act);
  return button;
}
