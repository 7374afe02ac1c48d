// One playhead through all graphs. It runs on time, not on frames, and never by itself.
(() => {
  const downslope = (window.downslope = window.downslope || {});
  const SECONDS = 8; // a walk takes at most this long at 1x
  const SLOWEST = 12.5; // steps a second at 1x in a short walk
  const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
  const SPACE_PLAYS = 250; // ms between updates of what the canvas does not draw
  let steps = 1, at = null, playing = false, speed = 1, began = 0, from = 0, drawn = 0;
  let moved = false, asked; // moved: not where the newest reply says; asked: the step that the server was told
  let range = null, counter = null;

  const playhead = (downslope.playhead = {
    step: () => (at === null ? steps : Math.floor(at)),
    at_end: () => at === null,
    playing: () => playing,
    frames: 0,
  });

  // from a reply: how long the walks are, and where the playhead stands, unless it has moved since that was asked
  playhead.set = (n_steps, t) => {
    build();
    steps = n_steps;
    range.max = steps;
    if (!playing && (!moved || t === asked)) [at, moved, asked] = [t, false, undefined];
    if (at !== null && at >= steps) at = null;
    show();
  };
  playhead.release = () => (moved = false);

  function build() {
    if (range) return;
    counter = document.getElementById("counter");
    range = Object.assign(document.createElement("input"), { type: "range", min: 0, step: 1 });
    range.setAttribute("aria-label", "Step");
    range.addEventListener("input", () => go(Number(range.value)));
    range.addEventListener("change", keep);
    document.getElementById("scrubber").append(range);
  }

  function show() {
    const step = playhead.step();
    range.value = step;
    range.style.setProperty("--done", `${(100 * step) / steps}%`);
    range.setAttribute("aria-valuetext", `step ${step} of ${steps}`);
    counter.textContent = `${step} / ${steps}`;
    document.documentElement.classList.toggle("playing", playing);
  }

  function go(step) {
    playing = false;
    [moved, asked] = [true, undefined];
    at = Math.min(Math.max(step, 0), steps);
    if (at === steps) at = null;
    move();
  }

  function move() {
    show();
    downslope.paint_all();
    downslope.followed();
    const now = performance.now();
    if (playing && now - drawn < SPACE_PLAYS) return;
    drawn = now;
    for (const graph of Object.values(downslope.graphs))
      if (graph.skeleton.layout.scene) playing ? downslope.update(graph) : (graph.dirty = true);
    if (!playing) downslope.commit_soon();
  }

  // the address follows the playhead when it stands
  let kept = 0;
  function keep() {
    clearTimeout(kept);
    kept = setTimeout(() => {
      asked = playhead.at_end() ? null : playhead.step();
      downslope.gate.edit("point", "playhead", asked);
    }, 200);
  }

  const pace = () => Math.max(SLOWEST, steps / SECONDS) * speed;

  function toggle() {
    playing = !playing;
    [moved, asked] = [true, undefined];
    if (playing) {
      from = at === null ? 0 : at;
      began = performance.now();
      requestAnimationFrame(frame);
    } else keep();
    move();
  }

  function frame(now) {
    if (!playing) return;
    at = from + ((now - began) / 1000) * pace();
    playhead.frames += 1;
    if (at >= steps) {
      at = null;
      playing = false;
      keep();
    }
    move();
    if (playing) requestAnimationFrame(frame);
  }

  const by = (count) => () => (go(playhead.step() + count), keep());
  const actions = {
    toggle,
    first: () => (go(0), keep()),
    back: by(-10),
    previous: by(-1),
    next: by(1),
    forth: by(10),
    last: () => (go(steps), keep()),
    speed: () => {
      from = at === null ? 0 : at;
      began = performance.now();
      speed = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
      document.querySelector("[data-play=speed]").textContent = `${speed}×`;
    },
  };
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-play]");
    if (button) actions[button.dataset.play]();
  });

  const KEYS = { " ": "toggle", ArrowLeft: "previous", ArrowRight: "next", Home: "first", End: "last" };
  const FAST = { ArrowLeft: "back", ArrowRight: "forth" };
  document.addEventListener("keydown", (event) => {
    const name = (event.shiftKey && FAST[event.key]) || KEYS[event.key];
    if (!name || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const takes = name === "toggle" ? "input:not([type=range]), textarea, button, a, [role=combobox], [role=option]"
      : "input, textarea, select, [role=slider], [role=radio], [role=combobox], [role=option], [data-handle]";
    if (event.target.closest?.(takes)) return;
    event.preventDefault();
    actions[name]();
  });
})();
