// The Basins tab: what the page shows becomes work, tile by tile, and each tile is painted when it comes.
import { pointer } from "../screen/pointer.js";
import { Tiles } from "../wire/tiles.js";
import { paint_maps } from "./drawing.js";
import { Field } from "./field.js";
import { coloured, compared } from "./inks.js";
import { legend } from "./legend.js";
import { order_of } from "./passes.js";
import { share_table, told } from "./shares.js";

const PATIENCE = 250; // ms that the coarse map may take while a newer one is waited for
const PAINTED = 60; // ms between two pictures of a map that fills
const WIDE = 900; // px from which on two maps and their difference have room beside each other

const tiles = new Tiles("basins");
const orders = new Map(); // of few sizes

class Basins {
  look = null; // what the newest plan says
  fields = [];
  planes = []; // where the maps stand
  at = null; // the point that is pointed at
  #wanted = ""; // what the newest work was begun for
  #next = null; // a query that waits for the coarse map
  #busy_since = null;
  #round = 0; // counts the works that were begun
  #pictures = new Map(); // field -> its picture
  #pause = 0;

  // the page shows another state, or in another light: of all that come while a coarse map is made the newest one is next
  follow(wanted, query) {
    if (wanted === this.#wanted) return this.repaint();
    this.#wanted = wanted;
    this.#next = query;
    const waits = this.#busy_since !== null && performance.now() - this.#busy_since < PATIENCE;
    if (!waits) this.#begin();
  }

  async #begin() {
    const mine = ++this.#round;
    this.#busy_since = performance.now();
    const query = this.#next;
    this.#next = null;
    const work = await tiles.plan(query);
    if (mine !== this.#round) return;
    if (work) await this.#coarse(work.look, mine);
    if (mine !== this.#round) return;
    this.#busy_since = null;
    if (this.#next !== null) return this.#begin();
    if (work && !pointer.pressed) await this.#refine(mine);
  }

  async #coarse(look, mine) {
    const order = known_order(look.passes);
    const fields = look.maps.map(() => new Field(order));
    for (const [i] of look.maps.entries()) await this.#pass(look, fields, i, 0, mine, () => {});
    if (mine !== this.#round) return;
    this.look = look;
    this.fields = fields;
    this.#pictures.clear();
    this.#tell();
    this.repaint();
  }

  async #refine(mine) {
    for (let pass = 1; pass < this.look.passes.length; pass++) {
      for (const [i] of this.look.maps.entries()) {
        await this.#pass(this.look, this.fields, i, pass, mine, () => this.#soon());
        if (mine !== this.#round) return;
      }
      this.#tell();
    }
  }

  // the tiles of one pass of one map
  async #pass({ maps }, fields, i, pass, mine, painted) {
    const { key, parts } = maps[i];
    const [from, to] = [fields[i].order.ends[pass - 1] ?? 0, fields[i].order.ends[pass]];
    const wanted = parts.filter((part) => lies_between(part, from, to));
    if (mine !== this.#round) return;
    await tiles.follow({ key, parts: wanted }, (arrays, part) => {
      fields[i].fill(part, arrays);
      this.#pictures.delete(fields[i]);
      painted();
    });
  }

  // when the hand has let go, what is coarse becomes fine
  let_go() {
    if (this.look && this.#busy_since === null && this.fields.some((field) => field.pass() < this.look.passes.length - 1)) {
      const mine = ++this.#round;
      this.#refine(mine);
    }
  }

  // nobody looks any more
  stop() {
    this.#round += 1;
    this.#busy_since = null;
    this.#wanted = "";
    tiles.stop();
  }

  // --- what is seen ---

  #soon() {
    this.#pause ||= setTimeout(() => {
      this.#pause = 0;
      this.repaint();
    }, PAINTED);
  }

  repaint() {
    const canvas = document.getElementById("basins-map");
    const { clientWidth: width, clientHeight: height } = canvas.parentElement;
    if (!this.look || !width || !height) return;
    document.getElementById("basins").dataset.planes = this.is_compared() && width < WIDE ? 1 : this.look.maps.length;
    const view = { look: this.look, width, height, start: this.look.start, at: this.at };
    this.planes = paint_maps(pen_of(canvas, width, height), this.#shown(width), view);
    this.painted?.();
  }

  is_compared() {
    return this.look.show === "difference";
  }

  #shown(width) {
    const { maps } = this.look;
    const own = maps.map((map, i) => ({ ...map, picture: this.#picture(this.fields[i], () => coloured(this.fields[i], this.look)) }));
    if (!this.is_compared()) return own;
    const between = this.#picture(this, () => compared(this.fields, this.look));
    const both = { label: "Who is there sooner", ink: this.look.ink, picture: between };
    return width < WIDE ? [both] : [...own, both];
  }

  #picture(owner, make_it) {
    if (owner === this || !this.#pictures.has(owner)) this.#pictures.set(owner, make_it());
    return this.#pictures.get(owner);
  }

  #tell() {
    const { look, fields } = this;
    const size = look.passes[Math.min(...fields.map((field) => field.pass()))]; // none where nothing is computed yet
    document.getElementById("basins-shares").replaceChildren(share_table(fields, look));
    document.getElementById("basins-told").textContent = told(fields, look);
    document.getElementById("basins-legend").replaceChildren(...legend(look, this.is_compared()));
    document.getElementById("basins-empty").textContent = look.empty;
    document.getElementById("basins-state").textContent = size ? `${size}² starts, ${look.steps} steps each` : "";
    Object.assign(document.getElementById("basins").dataset, { pass: size ?? 0, maps: look.maps.length });
  }
}

export const basins = new Basins();

function lies_between(part, from, to) {
  const [first, last] = part.split("-").map(Number);
  return first >= from && last <= to;
}

function known_order(sizes) {
  const name = String(sizes);
  if (!orders.has(name)) orders.set(name, order_of(sizes));
  return orders.get(name);
}

function pen_of(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [across, up] = [width, height].map((size) => Math.round(size * ratio));
  if (canvas.width !== across || canvas.height !== up) Object.assign(canvas, { width: across, height: up });
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return pen;
}
