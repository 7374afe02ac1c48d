// A pen that writes SVG: it has of a canvas's pen what the painter uses, so that a picture is drawn by the painter too.

const clips = { count: 0 }; // in all pictures of a page: their names must differ

// a path for a pen, from the text of an SVG path or to be drawn into
export const path_for = (pen, text) => (pen instanceof SvgPen ? new Outline(text) : new Path2D(text));

class Outline {
  constructor(text = "") {
    this.text = text;
  }

  moveTo(x, y) {
    this.text += `M${short(x)},${short(y)}`;
  }

  lineTo(x, y) {
    this.text += `L${short(x)},${short(y)}`;
  }

  // whole circles alone
  arc(x, y, radius) {
    const [r, right, left] = [radius, x + radius, x - radius].map(short);
    this.text += `M${right},${short(y)}A${r},${r} 0 1 1 ${left},${short(y)}A${r},${r} 0 1 1 ${right},${short(y)}Z`;
  }

  rect(x, y, width, height) {
    this.text += `M${short(x)},${short(y)}h${short(width)}v${short(height)}h${short(-width)}Z`;
  }
}

const short = (number) => Math.round(number * 100) / 100;

const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

export class SvgPen {
  svg = "";
  globalAlpha = 1;
  strokeStyle = "#000";
  fillStyle = "#000";
  lineWidth = 1;
  lineJoin = "miter";
  lineCap = "butt";
  lineDashOffset = 0;
  font = "10px sans-serif";
  textAlign = "start";
  textBaseline = "alphabetic";
  #dash = [];
  #moved = ""; // by all that was translated, turned and scaled
  #kept = [];
  #groups = 0; // that clip
  #path = new Outline();
  #measure = document.createElement("canvas").getContext("2d");

  save() {
    const { globalAlpha, strokeStyle, fillStyle, lineWidth, lineJoin, lineCap, lineDashOffset, font } = this;
    const own = { globalAlpha, strokeStyle, fillStyle, lineWidth, lineJoin, lineCap, lineDashOffset, font };
    this.#kept.push({ own, dash: this.#dash, moved: this.#moved, groups: this.#groups });
  }

  restore() {
    const { own, dash, moved, groups } = this.#kept.pop();
    for (; this.#groups > groups; this.#groups--) this.svg += "</g>";
    Object.assign(this, own);
    this.#dash = dash;
    this.#moved = moved;
  }

  translate(x, y) {
    this.#moved += `translate(${short(x)},${short(y)})`;
  }

  rotate(way) {
    this.#moved += `rotate(${short((way * 180) / Math.PI)})`;
  }

  scale(x, y) {
    this.#moved += `scale(${x},${y})`;
  }

  setLineDash(dash) {
    this.#dash = dash;
  }

  beginPath() {
    this.#path = new Outline();
  }

  moveTo(x, y) {
    this.#path.moveTo(x, y);
  }

  lineTo(x, y) {
    this.#path.lineTo(x, y);
  }

  rect(x, y, width, height) {
    this.#path.rect(x, y, width, height);
  }

  clip() {
    const name = `clipped-${clips.count++}`;
    this.svg += `<clipPath id="${name}"><path d="${this.#path.text}"/></clipPath><g clip-path="url(#${name})">`;
    this.#groups++;
  }

  stroke(path = this.#path) {
    if (path.text) this.svg += `<path d="${path.text}" fill="none" ${this.#stroked()} ${this.#placed()}/>`;
  }

  fill(path = this.#path) {
    if (path.text) this.svg += `<path d="${path.text}" fill="${this.fillStyle}" ${this.#placed()}/>`;
  }

  fillRect(x, y, width, height) {
    const size = `width="${short(width)}" height="${short(height)}"`;
    this.svg += `<rect x="${short(x)}" y="${short(y)}" ${size} fill="${this.fillStyle}" ${this.#placed()}/>`;
  }

  // of a canvas, at twice the size that it has on the page
  getTransform() {
    return { a: 2 };
  }

  drawImage(sheet, x, y, width, height) {
    const canvas = Object.assign(document.createElement("canvas"), { width: sheet.width, height: sheet.height });
    canvas.getContext("2d").drawImage(sheet, 0, 0);
    const place = `x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
    this.svg += `<image href="${canvas.toDataURL()}" ${place} preserveAspectRatio="none" ${this.#placed()}/>`;
  }

  measureText(text) {
    this.#measure.font = this.font;
    return this.#measure.measureText(text);
  }

  strokeText(text, x, y) {
    this.#text(text, x, y, `fill="none" ${this.#stroked()} aria-hidden="true"`);
  }

  fillText(text, x, y) {
    this.#text(text, x, y, `fill="${this.fillStyle}"`);
  }

  #text(text, x, y, ink) {
    const anchor = { start: "start", center: "middle" }[this.textAlign];
    const lies = { middle: "central", alphabetic: "alphabetic" }[this.textBaseline];
    const look = `text-anchor="${anchor}" dominant-baseline="${lies}" style="font:${escaped(this.font)}"`;
    this.svg += `<text x="${short(x)}" y="${short(y)}" ${look} ${ink} ${this.#placed()}>${escaped(text)}</text>`;
  }

  #stroked() {
    const dash = this.#dash.length ? `stroke-dasharray="${this.#dash}" stroke-dashoffset="${this.lineDashOffset}"` : "";
    const ends = `stroke-linejoin="${this.lineJoin}" stroke-linecap="${this.lineCap}" ${dash}`;
    return `stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}" ${ends}`;
  }

  #placed() {
    const moved = this.#moved && `transform="${this.#moved}"`;
    return `${moved} ${this.globalAlpha < 1 ? `opacity="${this.globalAlpha}"` : ""}`;
  }
}
