// How far the trainings have come, where they take longer than a blink: a bar, the epoch, and a way to stop them.
import { make } from "../screen/elements.js";
import { signal } from "../signal.js";

const BLINK = 250; // ms

export class Progress {
  pressed = signal(); // stop, or go on
  #shows = false;
  #waiting = 0;

  constructor(place) {
    this.place = place;
    this.bar = make("progress", { "aria-label": "Training" });
    this.words = make("span", { class: "counter" });
    this.button = make("button", { type: "button", class: "plain small" }, "Cancel");
    this.button.addEventListener("click", () => this.pressed.tell());
    place.append(this.bar, this.words, this.button);
    this.#reveal(false);
  }

  // `epoch` of `epochs`, `share` of all that there is to do; `stopped`: it goes on when it is told to
  show(epoch, epochs, share, stopped) {
    this.bar.max = 1;
    this.bar.value = share;
    this.words.textContent = `${stopped ? "stopped at " : ""}epoch ${epoch} of ${epochs}`;
    this.button.textContent = stopped ? "Go on" : "Cancel";
    if (share >= 1) return this.hide();
    if (stopped) this.#reveal(true);
    else if (!this.#shows) this.#waiting ||= setTimeout(() => this.#reveal(true), BLINK);
  }

  hide() {
    clearTimeout(this.#waiting);
    this.#waiting = 0;
    this.#reveal(false);
  }

  // its place is kept, so that nothing moves
  #reveal(shows) {
    this.#waiting = 0;
    this.#shows = shows;
    this.place.classList.toggle("away", !shows);
  }
}
