// Each drawing as a slide: by the same hand, with a pen that writes SVG.
import { SvgPen } from "../screen/pen.js";
import { offer_picture, slide } from "../screen/pictures.js";
import { playhead } from "../screen/playhead.js";
import { fields } from "./fields.js";
import { train } from "./train.js";

const FIELDS = ["heat", "lines", "weights", "path"];

offer_picture("train-losses", () => picture(train.drawn_anew()));
for (const name of FIELDS) offer_picture(`train-${name}`, () => picture(fields.drawn_anew(name)));

function picture(drawing) {
  if (!drawing) return null;
  const { look } = drawing;
  const step = playhead.step();
  const said = `${look.about.split(" · ")[0]} · step ${step} of ${look.steps}`;
  const outline = (slot) => look.runs.find((run) => run.slot === slot).head;
  return slide({ font: look.layout.font, title: called(), said, outline }, async ({ x, y, width, height }) => {
    const pen = new SvgPen();
    drawing.lay(width, height, pen);
    if (drawing.window) drawing.ground = await fields.ground_in(drawing.window);
    const view = { step, playing: false, pointed: null, place: null };
    drawing.still(pen, view);
    drawing.moving(pen, view);
    return [`<g transform="translate(${x},${y})">${pen.svg}</g>`];
  });
}

// what the data are called, in the menu that chooses them
const called = () => document.querySelector("header [data-key='train.data'] select").selectedOptions[0].text;
