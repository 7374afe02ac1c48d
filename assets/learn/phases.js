// What the panel shows in each phase. A body is { element, follow(look, piece), stop() }, and that of a question also
// { answer() }: what `acts.say` is to be told, after which it is gone.
import { make } from "../screen/elements.js";
import { asked, told } from "./gestures.js";
import { marks } from "./marks.js";
import { letter } from "./words.js";

const FIRST = "Answer first, or say that you have no idea.";
const AGAIN = "Answer first. Page Down once more shows it without an answer.";
const SHORT = 14; // letters of what may be as large as a number
const PATIENT = 3; // tries before the hint

export const body_of = (look, acts) => new (BODIES[kind_of(look.phase)])(look, acts);

// "ask2" is of the kind "ask"
export const kind_of = (phase) => phase.replace(/\d+$/, "");

// what was said to the question of this phase
export function said_to({ said, ask, phase }) {
  if (typeof said === "string") return said;
  return said?.[(ask?.n ?? Number(phase.match(/\d+$/)?.[0] ?? 1)) - 1] ?? "";
}

const question = ({ ask }) => make("p", { class: "asked", id: "lesson-asked" }, ask.text);
const button = (text, look, act) => {
  const made = make("button", { type: "button", class: look }, text);
  made.addEventListener("click", act);
  return made;
};

// --- the question ---

class Ask {
  #acts;
  #gesture;
  #show = button("Show me", "main", () => this.#say());
  #note = make("p", { class: "error", role: "status" });

  constructor(look, acts) {
    this.#acts = acts;
    this.#gesture = asked(look.ask, said_to(look));
    this.#gesture.changed.listen(() => this.#changed());
    const none = button("No idea", "plain", () => acts.say("no"));
    const buttons = make("div", { class: "answers" }, this.#show, none);
    this.element = make("div", { class: `ask ${look.ask.gesture}` }, question(look), this.#gesture.element, buttons, this.#note);
    this.element.addEventListener("keydown", (event) => this.#enter(event));
    this.#changed();
  }

  follow() {}

  stop() {
    this.#gesture.stop();
  }

  // whether it could go on
  answer() {
    const said = this.#gesture.said();
    if (said) this.#acts.say(said);
    else this.#note.textContent = this.#gesture.wrong() || AGAIN;
    return Boolean(said);
  }

  #say() {
    const said = this.#gesture.said();
    if (said) this.#acts.say(said);
    else this.#note.textContent = this.#gesture.wrong() || FIRST;
  }

  #changed() {
    this.#show.ariaDisabled = this.#gesture.said() ? null : "true";
    this.#note.textContent = this.#gesture.wrong();
  }

  // in a field: as the button
  #enter(event) {
    if (event.key === "Enter" && event.target.matches("input[type=text]")) this.#say();
  }
}

// --- what is so ---

const VERDICTS = new Map([[true, "yes"], [false, "no"], [null, "none"]]);

class See {
  #told = make("p", { class: "verdict" });
  #number = make("p", { class: "deciding" });
  #rest = make("div", { class: "revealed" });

  constructor(look) {
    this.element = make("div", { class: `see ${look.ask.gesture}` }, question(look), this.#told, this.#number, this.#rest);
  }

  follow(look, piece) {
    this.element.ariaBusy = piece ? "false" : "true";
    this.#number.hidden = !piece?.shown;
    if (!piece) return this.#told.replaceChildren("Computing …");
    const said = said_to(look);
    const sign = piece.half ? "half" : VERDICTS.get(piece.right);
    this.#told.className = `verdict ${sign}`;
    this.#told.replaceChildren(make("span", {}, piece.told));
    const long = piece.shown?.length > SHORT ? { class: "long" } : {};
    this.#number.replaceChildren(make("b", long, piece.shown), make("span", {}, piece.label));
    const picture = told(look.ask, piece, said);
    const sentences = piece.reveal.map((text) => make("p", {}, text));
    this.#rest.replaceChildren(...(picture ? [picture] : []), ...sentences, ...(is_last(look) ? closing(look) : []));
  }

  stop() {
    marks.stop();
  }
}

const is_last = ({ phases, phase }) => phase === phases.filter((one) => kind_of(one) === "see").at(-1);

// behind the last question: the idea, and what a text says of it
function closing({ lesson, refutes }) {
  return [
    make("p", { class: "idea" }, lesson.idea),
    ...(refutes ? [text_says(refutes)] : []),
    ...(lesson.history ? [make("p", { class: "note" }, lesson.history)] : []),
  ];
}

const MEANT = { refuted: "Refuted here.", holds: "It holds here.", half: "Half of it holds here.", depends: "It depends." };

function text_says({ claim, source, verdict }) {
  const words = make("q", {}, claim);
  return make("p", { class: "claim" }, words, make("span", { class: "note" }, ` ${source}. `), make("b", {}, MEANT[verdict] ?? verdict));
}

// --- why ---

class Why {
  #boxes;
  #told = make("p", { class: "verdict", hidden: "" });

  constructor({ reasons }, acts) {
    this.#boxes = reasons.map((_, place) => make("input", { type: "radio", name: "lesson-reason", value: place }));
    const rows = reasons.map((text, place) => make("label", { class: "option" }, this.#boxes[place], letter(place), make("span", {}, text)));
    const group = make("div", { class: "options", role: "radiogroup", "aria-labelledby": "lesson-asked" }, ...rows);
    group.addEventListener("change", ({ target }) => acts.reason(Number(target.value)));
    this.element = make("div", { class: "reasons" }, make("p", { class: "asked", id: "lesson-asked" }, "Why is that so?"), group, this.#told);
  }

  follow({ reason }, piece) {
    const chosen = reason === "" || reason === null || reason === undefined ? null : Number(reason);
    for (const [place, box] of this.#boxes.entries()) {
      box.checked = place === chosen;
      box.parentElement.classList.toggle("right", Boolean(piece) && place === piece.right);
      box.parentElement.classList.toggle("chosen", Boolean(piece) && place === chosen);
    }
    this.#told.hidden = !piece;
    if (!piece) return;
    this.#told.className = `verdict ${chosen === piece.right ? "yes" : "no"}`;
    this.#told.replaceChildren(make("span", {}, piece.told));
  }

  stop() {}
}

// --- try ---

class Try {
  #now = make("p", { class: "now" });
  #sign = make("p", { class: "verdict", hidden: "" });
  #hint = make("p", { class: "hint", hidden: "" });
  #cannot = make("p", { class: "error", role: "status" });
  #piece = null;

  constructor({ target }, acts) {
    this.acts = acts;
    const ways = [
      ...(acts.controls ? [button("Controls", "main drawer", () => acts.controls())] : []),
      button("Show one way", "plain", () => this.#show_way()),
      button("It cannot be done", "plain", () => this.#give_up()),
    ];
    this.buttons = make("div", { class: "answers" }, ...ways);
    const asks = make("p", { class: "asked", id: "lesson-asked" }, target.text);
    this.element = make("div", { class: "try" }, asks, this.#now, this.#sign, this.#hint, this.#cannot, this.buttons);
  }

  // `tries`: changes that did not meet it; `shown`: the page has shown the way
  follow(_, piece, { tries, shown, given_up }) {
    this.#piece = piece;
    if (!piece) return;
    this.#now.textContent = sentence(piece.now);
    const reached = piece.holds || (given_up && piece.cannot);
    this.#sign.hidden = !reached;
    this.#sign.className = "verdict yes";
    this.#sign.replaceChildren(make("span", {}, piece.holds ? (shown ? "This is one way." : "Reached.") : piece.told));
    this.#hint.hidden = reached || tries < PATIENT || !piece.hint;
    this.#hint.textContent = piece.hint ?? "";
    this.#cannot.textContent = "";
    this.element.classList.toggle("reached", Boolean(reached));
  }

  stop() {}

  #show_way() {
    if (this.#piece?.cannot) this.#cannot.textContent = "There is none.";
    else this.acts.way();
  }

  #give_up() {
    if (this.#piece?.cannot) this.acts.give_up();
    else this.#cannot.textContent = "It can be done here.";
  }
}

// as a sentence; a letter of the surface at its beginning stays as it is
function sentence(text) {
  const whole = /[.…]$/.test(text) ? text : `${text}.`;
  return /^\w\b/.test(whole) ? whole : `${whole[0].toUpperCase()}${whole.slice(1)}`;
}

const BODIES = { ask: Ask, see: See, why: Why, try: Try };
