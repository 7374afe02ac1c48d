// Draws the paths on a canvas over each graph, in the styles that the figure's own traces declare. It asks Plotly's
// axes where a value stands; tests hold those private functions to their contract.
(() => {
  const downslope = (window.downslope = window.downslope || {});
  const FAINT = 0.22; // what lies beyond the playhead
  const ASIDE = 0.2; // the other runs, while one is pointed at
  const HEAD = 0.54; // radius of a marker, of the height of the type
  const FAR = 1e5; // px beyond which a canvas loses its way
  let pointed = null;

  downslope.paints = 0;

  downslope.paint = (graph) => {
    const full = graph.gd._fullLayout;
    if (!full || !graph.skeleton) return;
    const canvas = (graph.canvas ||= overlay(graph.gd));
    const pen = sized(canvas, full);
    const step = downslope.playhead.step();
    graph.lines = graph.skeleton.data.filter((trace) => trace.meta?.head).map((trace) => line(graph, full, trace));
    cursor(pen, graph, full, step);
    for (const one of graph.lines) stroke(pen, one, step);
    for (const one of graph.lines) stop(pen, one, graph.stops[one.meta.slot], full);
    for (const one of graph.lines) head(pen, one, step, full);
    if (graph.lines[0]?.meta.casing) for (const one of downslope.inside()) inside(pen, graph, one, full);
    names(pen, graph.lines, step, full);
    downslope.paints += 1;
    downslope.painted?.(graph);
  };
  downslope.paint_all = () => Object.values(downslope.graphs).forEach(downslope.paint);

  // the run pointed at anywhere stands out everywhere
  downslope.point_at = (slot) => {
    if (slot === pointed) return;
    pointed = slot;
    downslope.paint_all();
  };

  // the slot of the run whose line is nearest to a place on the graph, within reach
  downslope.nearest = (graph, px, py, reach = 9) => {
    let best = reach * reach, found = null;
    for (const { xs, ys, meta } of graph.lines || [])
      for (let i = 0; i < xs.length; i++) {
        const away = (xs[i] - px) ** 2 + (ys[i] - py) ** 2;
        if (away < best) [best, found] = [away, meta.slot];
      }
    return found;
  };

  function overlay(gd) {
    const canvas = document.createElement("canvas");
    canvas.className = "overlay";
    gd.append(canvas);
    return canvas;
  }

  // Plotly knows the size; asking the element would force a layout
  function sized(canvas, { width, height }) {
    const ratio = window.devicePixelRatio || 1;
    const pen = canvas.getContext("2d");
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    return pen;
  }

  // the pixels of a trace's points
  function line(graph, full, trace) {
    const xaxis = full[axis_name(trace.xaxis || "x")], yaxis = full[axis_name(trace.yaxis || "y")];
    const data = graph.traces[trace.uid] || { y: [] };
    const n = data.y.length;
    const along = data.x || { length: n, from: data.x0, by: data.dx };
    const xs = pixels(xaxis, along, n), ys = pixels(yaxis, data.y, n);
    const box = { x: xaxis._offset, y: yaxis._offset, width: xaxis._length, height: yaxis._length };
    box.right = full._size.r; // room beside the plot
    return { xs, ys, box, xaxis, yaxis, trace, meta: trace.meta };
  }

  const axis_name = (id) => `${id[0]}axis${id.slice(1)}`;

  function pixels(axis, values, n) {
    const out = new Float64Array(n);
    const zero = axis._offset + axis._b, unit = axis._m; // what l2p rounds to a hundredth of a pixel
    const log = axis.type === "log";
    for (let i = 0; i < n; i++) {
      const value = values.from === undefined ? values[i] : values.from + i * values.by;
      const at = zero + unit * (log ? Math.log10(value) : value);
      out[i] = at > FAR ? FAR : at < -FAR ? -FAR : at;
    }
    return out;
  }

  function cursor(pen, graph, { xaxis, yaxis }, step) {
    const colour = graph.skeleton.layout.meta?.cursor;
    const x = colour && xaxis._offset + xaxis.l2p(step);
    if (!colour || downslope.playhead.at_end() || x < xaxis._offset || x > xaxis._offset + xaxis._length) return;
    pen.globalAlpha = 1;
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.setLineDash([]);
    pen.beginPath();
    pen.moveTo(x, yaxis._offset);
    pen.lineTo(x, yaxis._offset + yaxis._length);
    pen.stroke();
  }

  const strength = (meta) => (pointed === null || pointed === meta.slot ? 1 : ASIDE);

  function stroke(pen, { xs, ys, box, trace, meta }, step) {
    pen.save();
    pen.beginPath();
    pen.rect(box.x, box.y, box.width, box.height);
    pen.clip();
    pen.lineJoin = "round";
    pen.lineCap = trace.line.dash === "solid" ? "round" : "butt";
    pen.setLineDash(trace.line.dash === "solid" ? [] : trace.line.dash.split(",").map(parseFloat));
    const reached = step - meta.first + 1;
    const whole = trace_path(xs, ys, 0, xs.length);
    const walked = reached >= xs.length ? whole : trace_path(xs, ys, 0, reached);
    if (reached < xs.length) draw(pen, whole, trace.line, null, FAINT * strength(meta));
    draw(pen, walked, trace.line, meta.casing, strength(meta));
    pen.restore();
  }

  function draw(pen, path, { color, width }, casing, alpha) {
    if (casing) {
      pen.globalAlpha = alpha * 0.75;
      pen.strokeStyle = casing[0];
      pen.lineWidth = Math.max(casing[1], width + 2);
      pen.stroke(path);
    }
    pen.globalAlpha = alpha;
    pen.strokeStyle = color;
    pen.lineWidth = width;
    pen.stroke(path);
  }

  // NaN breaks a line in two
  function trace_path(xs, ys, from, to) {
    const path = new Path2D();
    let down = false;
    for (let i = from; i < to; i++) {
      const fine = xs[i] === xs[i] && ys[i] === ys[i];
      if (fine && down) path.lineTo(xs[i], ys[i]);
      else if (fine) path.moveTo(xs[i], ys[i]);
      down = fine;
    }
    return path;
  }

  // a run's name at its head on the map, at its line's end elsewhere; moved down where another one stands already
  function names(pen, lines, step, { font, paper_bgcolor }) {
    const taken = [];
    pen.font = `600 ${font.size * 0.96}px ${font.family}`;
    pen.textBaseline = "middle";
    pen.setLineDash([]);
    pen.lineJoin = "round";
    const place = ({ ys, meta }) => Math.min(meta.casing ? step - meta.first : Infinity, ys.length - 1);
    const height = (one) => one.ys[place(one)] || 0;
    for (const one of [...lines].sort((a, b) => height(a) - height(b))) {
      const { xs, ys, box, trace, meta } = one;
      const at = place(one);
      if (!meta.label || at < 0 || !within(xs[at], ys[at], box)) continue;
      const width = pen.measureText(meta.label).width;
      const left = xs[at] + 11 + width > box.x + box.width + box.right ? xs[at] - 11 - width : xs[at] + 11;
      let middle = ys[at];
      while (taken.some(([x, y, w]) => Math.abs(y - middle) < font.size * 1.08 && x < left + width && left < x + w)) middle += 2;
      taken.push([left, middle, width]);
      pen.globalAlpha = strength(meta);
      pen.lineWidth = 3;
      pen.strokeStyle = paper_bgcolor;
      pen.strokeText(meta.label, left, middle);
      pen.fillStyle = trace.line.color;
      pen.fillText(meta.label, left, middle);
    }
  }

  // a ring where the stopping rule would have ended the run
  function stop(pen, { xs, ys, box, trace, meta }, at, { font, paper_bgcolor }) {
    const place = at - meta.first;
    if (!(place >= 0 && place < xs.length) || !within(xs[place], ys[place], box)) return;
    pen.globalAlpha = strength(meta);
    pen.setLineDash([]);
    for (const [colour, width] of [[paper_bgcolor, 6], [trace.line.color, 2.5]]) {
      pen.beginPath();
      pen.arc(xs[place], ys[place], font.size * 0.75, 0, 2 * Math.PI);
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.stroke();
    }
  }

  // lines at a run's head, in the map's units; an arrow is at most a third of the map long, and says when it is cut
  function inside(pen, graph, { slot, label, points, arrow }, full) {
    const one = graph.lines.find(({ meta }) => meta.slot === slot);
    if (!one) return;
    const xaxis = one.xaxis, yaxis = one.yaxis, box = one.box;
    let at = points.map(([x, y]) => [xaxis._offset + xaxis.l2p(x), yaxis._offset + yaxis.l2p(y)]);
    let cut = false;
    if (arrow) {
      const [[x0, y0], [x1, y1]] = at;
      const length = Math.hypot(x1 - x0, y1 - y0), most = Math.min(box.width, box.height) / 3;
      cut = length > most;
      if (cut) at = [[x0, y0], [x0 + ((x1 - x0) * most) / length, y0 + ((y1 - y0) * most) / length]];
      if (length < 2) return;
    }
    pen.save();
    pen.beginPath();
    pen.rect(box.x, box.y, box.width, box.height);
    pen.clip();
    pen.globalAlpha = strength(one.meta);
    pen.setLineDash(cut ? [6, 3] : []);
    const path = new Path2D();
    at.forEach(([x, y], i) => (i ? path.lineTo(x, y) : path.moveTo(x, y)));
    if (arrow) {
      const [[x0, y0], [x1, y1]] = at;
      const way = Math.atan2(y1 - y0, x1 - x0);
      for (const side of [-0.45, 0.45]) {
        path.moveTo(x1, y1);
        path.lineTo(x1 - 9 * Math.cos(way + side), y1 - 9 * Math.sin(way + side));
      }
    }
    for (const [colour, width] of [[full.paper_bgcolor, 4], [one.trace.line.color, 1.75]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.stroke(path);
    }
    if (label) {
      pen.font = `${full.font.size * 0.9}px ${full.font.family}`;
      pen.setLineDash([]);
      pen.lineWidth = 3;
      pen.strokeStyle = full.paper_bgcolor;
      pen.fillStyle = one.trace.line.color;
      const [x, y] = at.at(-1);
      pen.strokeText(label, x + 4, y - 4);
      pen.fillText(label, x + 4, y - 4);
    }
    pen.restore();
  }

  const within = (x, y, box) =>
    x >= box.x - 1 && x <= box.x + box.width + 1 && y >= box.y - 1 && y <= box.y + box.height + 1;

  function head(pen, { xs, ys, box, trace, meta }, step, { font, paper_bgcolor }) {
    const at = Math.min(step - meta.first, xs.length - 1);
    if (at < 0 || !within(xs[at], ys[at], box)) return;
    const radius = font.size * (meta.casing ? HEAD : HEAD * 0.6);
    pen.save();
    pen.translate(xs[at], ys[at]);
    pen.scale(radius, radius);
    const outline = new Path2D(meta.head);
    pen.globalAlpha = strength(meta);
    pen.lineWidth = 4 / radius;
    pen.setLineDash([]);
    pen.lineJoin = "round";
    pen.strokeStyle = paper_bgcolor;
    pen.stroke(outline);
    pen.fillStyle = trace.line.color;
    pen.fill(outline);
    pen.restore();
  }
})();
