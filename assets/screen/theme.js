// Light or dark: the system's, until chosen.
import { signal } from "../signal.js";

class Theme {
  turned = signal(); // the system turned light or dark
  printed = signal(); // onto paper, with what gives a look its colours there, or back: null
  on_paper = false;
  #dark = matchMedia("(prefers-color-scheme: dark)");
  #chosen = /[?&]theme=(light|dark)/.exec(location.search)?.[1] || "auto";

  constructor() {
    this.apply();
    this.#dark.addEventListener("change", () => this.turned.tell());
  }

  mode() {
    if (this.on_paper) return "light";
    if (this.#chosen !== "auto") return this.#chosen;
    return this.#dark.matches ? "dark" : "light";
  }

  follow(chosen) {
    this.#chosen = chosen;
    this.apply();
  }

  print(lighter) {
    this.on_paper = Boolean(lighter);
    this.apply();
    this.printed.tell(lighter);
  }

  apply() {
    document.documentElement.dataset.theme = this.mode();
  }
}

export const theme = new Theme();
