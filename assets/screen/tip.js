// What is under the pointer, in a few lines beside it; who cannot see it finds the same in the table.
import { dot, make } from "./elements.js";

const ASIDE = 14; // px from the pointer

export class Tip {
  constructor(place) {
    this.place = place;
    this.box = make("div", { class: "tip", "aria-hidden": "true", hidden: "" });
    place.append(this.box);
  }

  // lines of [slot or null, text], at a place of the plot
  show(lines, x, y) {
    this.box.replaceChildren(...lines.map(([slot, text]) => make("div", {}, ...(slot === null ? [] : [dot(slot)]), text)));
    this.box.hidden = !lines.length;
    const { clientWidth: width, clientHeight: height } = this.place;
    const { offsetWidth, offsetHeight } = this.box;
    const left = x + ASIDE + offsetWidth > width ? x - ASIDE - offsetWidth : x + ASIDE;
    const top = Math.min(Math.max(y - offsetHeight - ASIDE, 0), height - offsetHeight);
    this.box.style.translate = `${Math.max(left, 0)}px ${top}px`;
  }

  hide() {
    this.box.hidden = true;
  }
}
