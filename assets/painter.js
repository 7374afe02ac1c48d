// Draws the paths on a canvas over each graph, in the styles that the figure's own traces declare. It asks Plotly's
// axes where a value stands; tests hold those private functions to their contract.
(() => {
  const downslope = (window.downslope = window.downslope || {});
  const FAINT = 0.22; // what lies beyond the playhead
  const ASIDE = 0.2; // the other runs, while one is pointed at
  const HEAD = 6.5; // radius of a marker, in px
  const FAR = 1e5; // px beyond which a canvas loses its way
  let pointed = null;

  downslope.paints = 0;

  downslope.paint = (graph) => {
    const full = graph.gd._fullLayout;
    if (!full || !graph.skeleton) return;
    const canvas = (graph.canvas ||= overlay(graph.gd));
    const pen = sized(canvas, graph.gd);
    const step = downslope.playhead.step();
    graph.lines = graph.skeleton.data.filter((trace) => trace.meta?.head).map((trace) => line(graph, full, trace));
    for (const axes of new Set(graph.lines.map((one) => one.box))) frame(pen, graph, axes, step);
    for (const one of graph.lines) stroke(pen, one, step);
    for (const one of graph.lines) head(pen, one, step);
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

  function sized(canvas, gd) {
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [gd.clientWidth, gd.clientHeight];
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
    graph.boxes ||= {};
    const box = { x: xaxis._offset, y: yaxis._offset, width: xaxis._length, height: yaxis._length, xaxis };
    const same = JSON.stringify([box.x, box.y, box.width, box.height]);
    return { xs, ys, box: (graph.boxes[same] = Object.assign(graph.boxes[same] || box, { xaxis })), trace, meta: trace.meta };
  }

  const axis_name = (id) => `${id[0]}axis${id.slice(1)}`;

  function pixels(axis, values, n) {
    const out = new Float64Array(n);
    const zero = axis._offset + axis.l2p(0), unit = axis.l2p(1) - axis.l2p(0);
    const log = axis.type === "log";
    for (let i = 0; i < n; i++) {
      const value = values.from === undefined ? values[i] : values.from + i * values.by;
      const at = zero + unit * (log ? Math.log10(value) : value);
      out[i] = at > FAR ? FAR : at < -FAR ? -FAR : at;
    }
    return out;
  }

  function frame(pen, graph, box, step) {
    const colour = graph.skeleton.layout.meta?.cursor;
    if (!colour || downslope.playhead.at_end()) return;
    const x = box.x + box.xaxis.l2p(step);
    if (x < box.x || x > box.x + box.width) return;
    pen.globalAlpha = 1;
    pen.strokeStyle = colour;
    pen.lineWidth = 1.5;
    pen.setLineDash([]);
    pen.beginPath();
    pen.moveTo(x, box.y);
    pen.lineTo(x, box.y + box.height);
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

  function head(pen, { xs, ys, box, trace, meta }, step) {
    const at = Math.min(step - meta.first, xs.length - 1);
    if (at < 0 || !(xs[at] >= box.x - 1 && xs[at] <= box.x + box.width + 1)) return;
    if (!(ys[at] >= box.y - 1 && ys[at] <= box.y + box.height + 1)) return;
    const radius = meta.casing ? HEAD : HEAD * 0.6;
    pen.save();
    pen.translate(xs[at], ys[at]);
    pen.scale(radius, radius);
    const outline = new Path2D(meta.head);
    pen.globalAlpha = strength(meta);
    pen.lineWidth = 4 / radius;
    pen.setLineDash([]);
    pen.lineJoin = "round";
    pen.strokeStyle = meta.casing ? meta.casing[0] : downslope.theme.panel();
    pen.stroke(outline);
    pen.fillStyle = trace.line.color;
    pen.fill(outline);
    pen.restore();
  }
})();
