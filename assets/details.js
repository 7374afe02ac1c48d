// Below the map: a sentence on every run, and a table, the equations with this step's numbers, or notes. All texts come
// from the server; the numbers of the equations come once for the whole walk and follow the playhead here.
(() => {
  const downslope = (window.downslope = window.downslope || {});
  const PACE = 250; // ms between looks at the playhead while it runs
  const VOICE = 1000; // ms between messages to a screen reader
  let reply = null, about = "", asking = false, again = false, seq = 0, asked = 0, told = {}, sorted = {}, stories = [], timer = 0, spoke = -VOICE, voice = 0, speech = "";

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  // what a reply says is open; asked for once nothing else is under way
  downslope.details = (newest) => {
    reply = newest;
    ask();
  };
  downslope.inside = () => told.overlays || [];

  // the playhead moved: the equations are here already, the rest is asked for at most four times a second
  downslope.followed = () => {
    if (timer) return;
    const wait = downslope.playhead.playing() ? PACE : 30;
    timer = setTimeout(() => {
      timer = 0;
      if (stories.length) fill();
      if (!downslope.playhead.playing() || reply?.live) ask();
    }, wait);
  };

  function ask() {
    if (!reply) return;
    if (asking || !downslope.gate.idle() || downslope.gate.pressed()) return (again = true);
    again = false;
    asking = true;
    asked = performance.now();
    seq += 1;
    const data = { query: reply.query, t: downslope.playhead.step(), seq, brief: stories.length > 0 && about === walks(reply.query) };
    window.dash_clientside.set_props("asked", { data });
  }
  setInterval(() => {
    if (asking && performance.now() - asked > 15000) asking = false; // lost on the way
    if (again) ask();
  }, 100);

  // the query without the playhead: as long as it stays, so do the numbers of every step
  const walks = (query) => query.replace(/(^|[?&])t=\d+/, "");

  downslope.told = (answer) => {
    asking = false;
    if (answer.seq !== seq) return;
    told = answer;
    say(answer.said);
    if (answer.brief) fill();
    else show(answer);
    if (downslope.graphs.map) downslope.paint(downslope.graphs.map);
  };

  function show(answer) {
    about = walks(answer.query);
    const body = document.getElementById("details");
    const at = body.scrollLeft;
    stories = answer.stories || [];
    with_focus(body, () => {
      if (answer.columns) body.replaceChildren(table(answer));
      else if (answer.stories) write(body);
      else body.replaceChildren(...(answer.notes || []).map(note));
    });
    body.scrollLeft = at;
  }

  // the button that has the focus keeps it when what is around it is made anew
  function with_focus(body, change) {
    const held = [...body.querySelectorAll("button")].indexOf(document.activeElement);
    change();
    if (held >= 0) body.querySelectorAll("button")[held]?.focus({ preventScroll: true });
  }

  const dot = (slot) => make("span", { class: "dot", style: `background: var(--run-${slot})` });

  function say(lines) {
    document.getElementById("said").replaceChildren(
      ...lines.map(({ slot, text }) => make("li", { "data-slot": slot }, dot(slot), text)),
    );
    speech = lines.map(({ text }) => text).join(" ");
    if (!voice) voice = setTimeout(speak, Math.max(0, spoke + VOICE - performance.now()));
  }

  function speak() {
    voice = 0;
    const live = document.getElementById("live");
    if (downslope.playhead.playing() || live.textContent === speech) return;
    spoke = performance.now();
    live.textContent = speech;
  }

  function table({ columns, rows }) {
    const order = [...rows];
    const by = columns.indexOf(sorted.title);
    if (by >= 0) order.sort((a, b) => compare(a.cells[by].by, b.cells[by].by, sorted.way));
    const heads = columns.map((title, at) => {
      const way = by === at ? sorted.way : 0;
      const head = make("th", { scope: "col", "aria-sort": way > 0 ? "ascending" : way < 0 ? "descending" : "none" });
      const button = make("button", { type: "button", class: "sort" }, title);
      button.addEventListener("click", () => {
        sorted = { title, way: way > 0 ? -1 : 1 };
        const body = document.getElementById("details");
        with_focus(body, () => body.replaceChildren(table(told)));
      });
      head.append(button);
      return head;
    });
    const body = order.map(({ slot, cells }) =>
      make("tr", { "data-slot": slot }, ...cells.map(({ text, by }, at) => {
        const kind = typeof by === "number" ? { class: "figure", title: by } : {};
        return at ? make("td", kind, text) : make("th", { scope: "row" }, dot(slot), text);
      })),
    );
    return make("table", {}, make("thead", {}, make("tr", {}, ...heads)), make("tbody", {}, ...body));
  }

  // numbers by size, texts by alphabet, what is missing last either way
  function compare(a, b, way) {
    if (a === null || b === null) return (a === null) - (b === null);
    return way * (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b)));
  }

  function note({ slot, label, text, edit }) {
    const line = make("p", { "data-slot": slot }, dot(slot), make("b", {}, `${label}: `), text);
    if (!edit) return line;
    const button = make("button", { type: "button", class: "plain small" }, "Show the other one as a ghost");
    button.addEventListener("click", () => downslope.gate.edit("action", edit, 1));
    line.append(" ", button);
    return line;
  }

  // --- the equations ------------------------------------------------------------------------------------------------

  function write(body) {
    for (const story of stories) {
      story.numbers = story.columns.map((column) => column.map(values));
      story.rows = [];
    }
    body.replaceChildren(...stories.map(card));
    fill();
  }

  function values(column) {
    if (typeof column === "number") return column;
    const bytes = Uint8Array.from(atob(column.bdata), (c) => c.charCodeAt(0));
    return new Float64Array(bytes.buffer);
  }

  function card(story) {
    const copy = make("button", { type: "button", class: "plain small" }, "Copy as text");
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(as_text(story));
      copy.textContent = "Copied";
      setTimeout(() => (copy.textContent = "Copy as text"), 1500);
    });
    const head = make("tr", {}, ...["", "for x", "for y"].map((text) => make("th", { scope: "col" }, text)));
    const rows = story.lines.map((line, at) => {
      const formula = make("th", { scope: "row" });
      formula.innerHTML = line.formula; // our own MathML: symbols, no text of the user
      const row = make("tr", { "data-line": at }, formula, make("td"), make("td"));
      row.addEventListener("pointerover", () => light(story, line.needs));
      row.addEventListener("pointerout", () => light(story, []));
      story.rows.push(row);
      return row;
    });
    const only = make("button", { type: "button", class: "plain small" }, stories.length > 1 ? "Only this run" : "All runs");
    only.addEventListener("click", () => downslope.gate.edit("choice", "view.inspect", stories.length > 1 ? String(story.slot) : ""));
    const step = make("span", { class: "note step" });
    const title = make("h3", {}, dot(story.slot), `${story.label} `, step, " ", copy, " ", only);
    story.title = step;
    return make("section", { class: "story", "data-slot": story.slot }, title,
      make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)));
  }

  const light = (story, needs) => story.rows.forEach((row, at) => row.classList.toggle("needed", needs.includes(at)));

  function fill() {
    for (const story of stories) {
      const t = Math.min(Math.max(downslope.playhead.step(), 1), story.steps);
      story.title.textContent = `step ${t}`;
      story.lines.forEach((line, at) => {
        const [, x, y] = story.rows[at].children;
        [x, y].forEach((cell, axis) => (cell.innerHTML = filled(line.math, reader(story, t, axis), story.digits)));
      });
    }
  }

  const reader = (story, t, axis) => (column, back) => {
    const pair = story.numbers[column];
    const one = pair[Math.min(axis, pair.length - 1)];
    return typeof one === "number" ? one : one[t - back];
  };

  function as_text(story) {
    const t = Math.min(Math.max(downslope.playhead.step(), 1), story.steps);
    const lines = ["x", "y"].flatMap((name, axis) => [
      `${story.label}, step ${t}, ${name}`,
      ...story.lines.map((line) => filled(line.text, reader(story, t, axis), story.digits)),
    ]);
    return lines.join("\n");
  }

  // pieces are texts, numbers to look up, and choices between pieces
  function filled(pieces, at, digits) {
    return pieces.map((piece) => {
      if (typeof piece === "string") return piece;
      if (!Array.isArray(piece)) return filled(at(piece.if, 0) === 1 ? piece.then : piece.else, at, digits);
      const [column, back, guard] = piece;
      const shown = number(at(column, back), digits);
      return (guard && shown.startsWith("−")) || (guard === 2 && shown.includes("e")) ? `(${shown})` : shown;
    }).join("");
  }

  function number(value, digits) {
    if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
    if (value === 0) return "0";
    const [mantissa, exponent] = value.toExponential(digits - 1).split("e").map(Number);
    const plain = exponent < -4 || exponent >= digits ? `${mantissa}e${exponent}` : String(Number(value.toPrecision(digits)));
    return plain.replaceAll("-", "−");
  }
})();
