// One playhead through all graphs. It runs on time, not on frames, and never by itself.
import { signal } from "../signal.js";
import { keeps_space, presents, take_space } from "./keys.js";
import { tab_shown } from "./place.js";

const SECONDS = 8; // a walk takes at most this long at 1x
const SLOWEST = 12.5; // steps a second at 1x in a short walk
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
const FIRST = "explore"; // the tab that a page has in any case
const KEY = "playhead"; // as the server calls it there
const REST = 200; // ms after which the playhead is taken to stand
const KEYS = { " ": "toggle", ArrowLeft: "previous", ArrowRight: "next", Home: "first", End: "last" };
const FAST = { ArrowLeft: "back", ArrowRight: "forth" };
const CLICKER = { PageUp: "previous", PageDown: "next" }; // in a presentation: a slide has nothing to scroll
// where the arrows have a meaning of their own
const TAKES_ARROWS = "input, textarea, select, [data-handle]";

class Playhead {
  moved = signal();
  rested = signal(); // it stands at this step, null: at the end; and what that is called
  frames = 0;
  #steps = 1;
  #at = null; // null: at the end, however long the walks become
  #playing = false;
  #speed = 1;
  #from = 0; // where it was when it began to play,
  #began = 0; // and when that was
  #held = false; // it is not where the newest reply says
  #asked = undefined; // the step that the server was told
  #resting = 0;
  #owner = null; // the tab whose steps these are
  #places = []; // where it is moved: { range, counter } of each tab that has one
  #barred = false; // a link holds it where it is

  step() {
    return this.#at === null ? this.#steps : Math.floor(this.#at);
  }

  at_end() {
    return this.#at === null;
  }

  playing() {
    return this.#playing;
  }

  // whether the tab is shown whose steps it goes through
  is_shown() {
    return tab_shown() === this.#owner;
  }

  // how long the walks of a tab are, where the playhead stands, unless it has moved since that was asked, and why it
  // must stay
  follow(steps, t, barred = "", owner = FIRST) {
    if (!this.#places.length) this.#places = [...document.querySelectorAll(".scrubber")].map((place) => this.#scrubber(place));
    if (owner !== this.#owner) this.#change_hands(owner);
    this.#bar(barred);
    this.#steps = steps;
    for (const { range } of this.#places) range.max = steps;
    if (!this.#playing && (!this.#held || t === this.#asked)) {
      this.#at = t;
      this.release();
    }
    if (this.#at !== null && this.#at >= steps) this.#at = null;
    this.#show();
  }

  // another tab has other steps; where it rested in the one before is told in its time
  #change_hands(owner) {
    this.#owner = owner;
    this.#playing = false;
    this.release();
  }

  #bar(why) {
    this.#barred = Boolean(why);
    this.#playing &&= !why;
    for (const { range } of this.#places) Object.assign(range, { disabled: this.#barred, title: why });
  }

  // the next reply says where it stands
  release() {
    this.#held = false;
    this.#asked = undefined;
  }

  #hold() {
    this.#held = true;
    this.#asked = undefined;
  }

  #scrubber(place) {
    const range = Object.assign(document.createElement("input"), { type: "range", min: 0, step: 1 });
    range.setAttribute("aria-label", "Step");
    range.addEventListener("input", () => this.#go(Number(range.value)));
    range.addEventListener("change", () => this.#rest());
    place.append(range);
    return { range, counter: place.parentElement.querySelector(".counter") };
  }

  #show() {
    const step = this.step();
    for (const { range, counter } of this.#places) {
      range.value = step;
      range.style.setProperty("--done", `${(100 * step) / this.#steps}%`);
      range.setAttribute("aria-valuetext", `step ${step} of ${this.#steps}`);
      counter.textContent = `${step} / ${this.#steps}`;
    }
    document.documentElement.classList.toggle("playing", this.#playing);
    for (const button of document.querySelectorAll("[data-play=toggle]")) button.ariaPressed = this.#playing;
  }

  #move() {
    this.#show();
    this.moved.tell();
  }

  #go(step) {
    this.#playing = false;
    this.#hold();
    this.#at = Math.max(step, 0);
    if (this.#at >= this.#steps) this.#at = null;
    this.#move();
  }

  #jump(step) {
    this.#go(step);
    this.#rest();
  }

  #rest() {
    const owner = this.#owner;
    const at = this.at_end() ? null : this.step();
    clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      if (owner === this.#owner) this.#asked = at;
      this.rested.tell(at, owner === FIRST ? KEY : `${KEY}.${owner}`);
    }, REST);
  }

  #toggle() {
    this.#playing = !this.#playing;
    this.#hold();
    if (this.#playing) {
      this.#start_clock();
      this.#next_frame();
    } else this.#rest();
    this.#move();
  }

  // from the beginning to the end, as if Play were pressed there: somebody asked to see it
  run() {
    if (this.#barred) return;
    this.#hold();
    this.#at = 0;
    this.#playing = true;
    this.#start_clock();
    this.#next_frame();
    this.#move();
  }

  #start_clock() {
    this.#from = this.#at ?? 0;
    this.#began = performance.now();
  }

  #next_frame() {
    requestAnimationFrame((now) => this.#frame(now));
  }

  #frame(now) {
    if (!this.#playing) return;
    if (!this.is_shown()) return this.#toggle(); // nobody sees it: it stands where it was seen last
    const pace = Math.max(SLOWEST, this.#steps / SECONDS) * this.#speed;
    const since = Math.max(now - this.#began, 0); // a frame's time may be from before the key
    this.#at = this.#from + (since / 1000) * pace;
    this.frames += 1;
    if (this.#at >= this.#steps) {
      this.#at = null;
      this.#playing = false;
      this.#rest();
    }
    this.#move();
    if (this.#playing) this.#next_frame();
  }

  #faster() {
    this.#start_clock();
    this.#speed = SPEEDS[(SPEEDS.indexOf(this.#speed) + 1) % SPEEDS.length];
    for (const button of document.querySelectorAll("[data-play=speed]")) button.textContent = `${this.#speed}×`;
  }

  // by any way in
  #unless_barred(actions) {
    const guarded = ([name, act]) => [name, () => this.#barred || act()];
    return Object.fromEntries(Object.entries(actions).map(guarded));
  }

  actions = this.#unless_barred({
    toggle: () => this.#toggle(),
    first: () => this.#jump(0),
    back: () => this.#jump(this.step() - 10),
    previous: () => this.#jump(this.step() - 1),
    next: () => this.#jump(this.step() + 1),
    forth: () => this.#jump(this.step() + 10),
    last: () => this.#jump(this.#steps),
    speed: () => this.#faster(),
  });
}

export const playhead = new Playhead();

// whether an edit is of it, in any tab
export const is_playhead = (key) => key.split(".")[0] === KEY;

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-play]");
  if (button) playhead.actions[button.dataset.play]();
});

const action_of = ({ key, shiftKey }) => (presents() && CLICKER[key]) || (shiftKey && FAST[key]) || KEYS[key];

// whether it has a meaning where it was pressed
function is_kept(event, name) {
  if (name === "toggle") return keeps_space(event);
  return !CLICKER[event.key] && event.target.closest?.(TAKES_ARROWS);
}

document.addEventListener("keydown", (event) => {
  const name = action_of(event);
  if (!name || !playhead.is_shown() || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || is_kept(event, name)) return;
  if (name === "toggle") take_space(event);
  else event.preventDefault();
  playhead.actions[name]();
});
