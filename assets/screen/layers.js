// A picture that is only added to: while the playhead runs, what stands still is drawn once, and the walked part grows
// by the steps since the last frame.
import { clipped, faint_path, next_stretch } from "./strokes.js";

export class Layers {
  #rest;
  #walked;
  #lines;
  #step = -1;

  // the layers of a canvas, at its size
  constructor(canvas, lines) {
    this.#lines = lines;
    this.#rest = sheet(canvas);
    this.#walked = sheet(canvas);
    for (const line of lines) faint_path(this.#rest, line);
  }

  // onto the canvas they belong to, with the walks up to this step
  lay(pen, step) {
    if (step < this.#step) this.#clear();
    for (const line of this.#lines) this.#grow(line, step);
    this.#step = step;
    pen.save();
    pen.setTransform(1, 0, 0, 1, 0, 0);
    for (const { canvas } of [this.#rest, this.#walked]) pen.drawImage(canvas, 0, 0);
    pen.restore();
  }

  #grow(line, step) {
    const from = Math.max(this.#step - line.meta.first, 0);
    const to = Math.min(step - line.meta.first + 1, line.xs.length);
    if (to > from + 1) next_stretch(this.#walked, line, from, to);
  }

  #clear() {
    const { canvas } = this.#walked;
    clipped(this.#walked, { x: 0, y: 0, width: canvas.width, height: canvas.height }, () => {
      this.#walked.clearRect(0, 0, canvas.width, canvas.height);
    });
    this.#step = -1;
  }
}

function sheet({ width, height, ratio }) {
  const pen = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return pen;
}
