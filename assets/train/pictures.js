// The losses and each field as a slide: drawn by the same hand, with a pen that writes SVG.
import { SvgPen } from "../screen/pen.js";
import { offer_picture, slide } from "../screen/pictures.js";
import { playhead } from "../screen/playhead.js";
import { fields } from "./fields.js";
import { train } from "./train.js";

for (const name of ["losses", "heat", "lines", "weights", "path"]) offer_picture(`train-${name}`, () => picture(name));

function picture(name) {
  const drawing = name === "losses" ? train.drawn_anew() : fields.drawn_anew(name);
  const { look } = drawing;
  const said = `${look.about ?? ""} · step ${playhead.step()} of ${look.steps}`;
  const outline = (slot) => look.runs.find((run) => run.slot === slot).head;
  return slide({ font: look.layout.font, said, outline }, async ({ x, y, width, height }) => {
    const pen = new SvgPen();
    drawing.lay(width, height, pen);
    const view = { step: playhead.step(), playing: false, pointed: null, place: null };
    drawing.still(pen, view);
    drawing.moving(pen, view);
    return [`<g transform="translate(${x},${y})">${pen.svg}</g>`];
  });
}
