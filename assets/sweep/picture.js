// The plot as a slide: drawn by the same hand, with a pen that writes SVG.
import { SvgPen } from "../screen/pen.js";
import { slide } from "../screen/pictures.js";

const STILL = { at: null, cell: null, pointed: null };

export function sweep_picture(sweep) {
  const { look } = sweep.drawing;
  return slide({ font: look.layout.font, said: look.said, outline: (slot) => look.heads[slot] }, async ({ x, y, width, height }) => {
    const drawing = sweep.drawn_anew();
    drawing.lay(width, height);
    const pen = new SvgPen();
    drawing.paint(pen, STILL);
    return [`<g transform="translate(${x},${y})">${pen.svg}</g>`];
  });
}
