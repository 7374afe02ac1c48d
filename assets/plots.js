// The graphs: skeletons and arrays come from the server, the canvas shows them at once, Plotly follows when idle.
(() => {
  const downslope = (window.downslope = window.downslope || {});
  const IDLE = 150; // ms after the last change before Plotly is brought up to date
  const CONFIG = {
    displaylogo: false,
    showSendToCloud: false,
    responsive: true,
    scrollZoom: true,
    doubleClick: "reset",
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d", "zoomIn2d", "zoomOut2d"],
  };
  // name -> { gd, skeleton, traces and ground (uid -> arrays), axes, dirty: Plotly lags behind, zoomed: by the user }
  const graphs = (downslope.graphs = {});
  let idle = 0;

  downslope.plot = (reply) => {
    for (const [name, traces] of Object.entries(reply.traces)) {
      const graph = (graphs[name] ||= { name, gd: document.getElementById(`graph-${name}`), ground: {} });
      graph.traces = decoded(traces);
      if (reply.ground[name]) graph.ground = decoded(reply.ground[name]);
      graph.axes = reply.axes[name];
      graph.stops = reply.stops;
      graph.dirty = true;
      if (reply.skeletons[name]) rebuild(graph, reply.skeletons[name]);
      else if (reply.ground[name]) downslope.update(graph);
      fit(graph, true);
      downslope.paint(graph);
    }
    commit_soon();
  };

  function rebuild(graph, skeleton) {
    graph.skeleton = skeleton;
    const data = skeleton.data.map((trace) => ({ ...trace, ...arrays(graph, trace) }));
    const layout = structuredClone(skeleton.layout);
    for (const [axis, wanted] of Object.entries(graph.axes)) Object.assign(layout[axis], wanted);
    const fresh = !graph.gd._fullLayout;
    window.Plotly.react(graph.gd, data, layout, CONFIG);
    if (fresh) watch(graph);
    graph.dirty = false;
  }

  // Plotly's own copy of the data, for hover, zoom and export
  downslope.update = (graph) => {
    const data = graph.skeleton.data.map((trace) => arrays(graph, trace));
    const names = new Set(data.flatMap(Object.keys));
    const columns = Object.fromEntries([...names].map((name) => [name, data.map((trace) => trace[name])]));
    window.Plotly.restyle(graph.gd, columns, [...data.keys()]);
    graph.dirty = false;
  };

  // The canvas draws paths in the plane; in space Plotly draws them, and only up to the playhead.
  function arrays(graph, trace) {
    const meta = trace.meta || {};
    const all = { ...graph.ground, ...graph.traces };
    const own = all[meta.tip || meta.like || trace.uid] || { x: [], y: [] };
    if (trace.type !== "scatter3d" || (meta.first === undefined && !meta.tip)) return own;
    const end = Math.min(downslope.playhead.step() + 1, own.x.length);
    const part = (values) => values.slice(meta.tip ? end - 1 : 0, end);
    return Object.fromEntries(Object.entries(own).map(([name, values]) => [name, part(values)]));
  }

  // While values move the axes hold still, and widen only when a curve leaves them; they fit exactly afterwards.
  function fit(graph, moving = false) {
    const change = {};
    for (const [axis, wanted] of Object.entries(graph.axes)) {
      const now = graph.gd._fullLayout[axis].range;
      const [low, high] = wanted.range;
      const range = moving ? [Math.min(now[0], low), Math.max(now[1], high)] : [low, high];
      if (graph.zoomed || (range[0] === now[0] && range[1] === now[1])) continue;
      for (const [name, value] of Object.entries({ ...wanted, range })) change[`${axis}.${name}`] = value;
    }
    if (Object.keys(change).length) window.Plotly.relayout(graph.gd, change);
  }

  function commit_soon() {
    clearTimeout(idle);
    idle = setTimeout(commit, IDLE);
  }
  downslope.commit_soon = commit_soon;
  downslope.settled = () => downslope.gate.idle() && Object.values(graphs).every((graph) => !graph.dirty);

  // one graph per idle moment; never while the pointer is down or the playhead runs, for it blocks
  function commit() {
    const graph = Object.values(graphs).find((one) => one.dirty);
    if (!graph) return;
    if (downslope.gate.pressed() || downslope.playhead.playing()) return commit_soon();
    fit(graph);
    downslope.update(graph);
    (window.requestIdleCallback || setTimeout)(commit);
  }

  function watch(graph) {
    graph.gd.on("plotly_afterplot", () => downslope.paint(graph));
    graph.gd.on("plotly_relayouting", () => downslope.paint(graph));
    graph.gd.on("plotly_relayout", (change) => {
      if (Object.keys(change).some((name) => name.endsWith("range[0]"))) graph.zoomed = true;
    });
    graph.gd.on("plotly_doubleclick", () => {
      graph.zoomed = false;
      setTimeout(() => fit(graph), 0);
    });
    graph.gd.on("plotly_click", (event) => {
      if (event.xvals && graph.skeleton.layout.clickanywhere) downslope.gate.edit("point", "start", [event.xvals[0], event.yvals[0]]);
    });
  }

  const decoded = (traces) => Object.fromEntries(Object.entries(traces).map(([uid, attributes]) => [
    uid,
    Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, value?.bdata === undefined ? value : numbers(value)])),
  ]));

  function bytes(base64) {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
    const text = atob(base64);
    const out = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i);
    return out;
  }

  function numbers({ bdata, shape }) {
    const flat = new Float32Array(bytes(bdata).buffer);
    if (!shape) return flat;
    const width = Number(shape.split(",")[1]);
    return Array.from({ length: flat.length / width }, (_, row) => flat.subarray(row * width, (row + 1) * width));
  }
})();
