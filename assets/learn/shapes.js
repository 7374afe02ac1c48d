// The curves that one chooses from, drawn small: from left to right the steps, upwards what is asked for.
const ROOM = "0 0 64 36";
const SVG = "http://www.w3.org/2000/svg";
const AXES = "M5,3V31H61";
const SHAPES = {
  grows: "M6,28C24,27 38,22 60,5",
  "grows-steadily": "M6,28L60,6",
  "runs-away": "M6,28C36,28 46,26 51,3",
  falls: "M6,6C16,22 30,27 60,28",
  "falls-steadily": "M6,6L60,28",
  settles: "M6,28C14,12 24,10 60,10",
  "settles-low": "M6,5C12,20 20,22 60,22",
  swings: "M6,18C9,3 13,3 17,18S25,33 29,18S36,3 40,18S48,33 52,18S58,8 60,8",
  "swings-out": "M6,18C8,15 11,15 14,18S21,23 25,18S32,9 37,18S45,29 49,18S56,2 60,4",
  "swings-in": "M6,5C9,3 12,33 17,30S23,10 28,13S34,25 39,22S45,15 50,18S56,18 60,18",
  "rises-then-falls": "M6,28C14,2 26,2 34,14S52,27 60,28",
  "falls-then-rises": "M6,5C14,30 30,33 38,24S54,8 60,5",
  "rises-then-settles": "M6,28C12,0 20,2 26,12S38,16 60,16",
  flat: "M6,17H60",
  steps: "M6,27H20V20H33V13H46V7H60",
};

// the curve of this name as an image; null: it has none
export function drawn(name) {
  if (!SHAPES[name]) return null;
  const image = part("svg", { viewBox: ROOM, class: "shape", "aria-hidden": "true" });
  image.append(part("path", { d: AXES, class: "axes" }), part("path", { d: SHAPES[name], class: "curve" }));
  return image;
}

function part(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
