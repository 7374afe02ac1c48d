// Light or dark: the system's, until chosen.
import { signal } from "../signal.js";

class Theme {
  turned = signal(); // the system turned light or dark
  applied = signal(); // the page shows this mode now
  #dark = matchMedia("(prefers-color-scheme: dark)");
  #chosen = /[?&]theme=(light|dark)/.exec(location.search)?.[1] || "auto";

  constructor() {
    this.apply();
    this.#dark.addEventListener("change", () => this.turned.tell());
  }

  mode() {
    if (this.#chosen !== "auto") return this.#chosen;
    return this.#dark.matches ? "dark" : "light";
  }

  follow(chosen) {
    this.#chosen = chosen;
    this.apply();
  }

  apply() {
    const root = document.documentElement;
    if (root.dataset.mantineColorScheme === this.mode()) return;
    root.dataset.mantineColorScheme = this.mode();
    this.applied.tell(this.mode());
  }
}

export const theme = new Theme();
