// Whether a button or a finger is down anywhere: while it is, nothing may begin that blocks.
import { signal } from "../signal.js";

class Pointer {
  pressed = false;
  released = signal();

  constructor() {
    addEventListener("pointerdown", () => (this.pressed = true), true);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => this.#release(), true);
  }

  #release() {
    this.pressed = false;
    this.released.tell();
  }
}

export const pointer = new Pointer();
