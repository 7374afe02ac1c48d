// Between controls and server: at most one request in flight, the newest edit of each control waits, none is lost.
// A request is the query a gesture began from and the edits since, so it can be sent again at any time.
(() => {
  const downslope = (window.downslope = window.downslope || {});
  const QUIET = 500; // ms after which keyboard steps of one control count as one change
  const COARSE = 200; // ms between replies that bring a new surface
  const SLOW = 1000; // ms without an answer before the page says so
  const LOST = 10000; // ms after which a request is taken for lost

  const gate = (downslope.gate = {
    base: "",
    edits: [],
    have: {},
    open: null,
    requests: 0,
    inFlight: 0,
  });
  let seq = 0, busy = false, waiting = false, pressed = false, last = null, quiet = 0, pause = 0, sentAt = 0;

  gate.restart = (query) => {
    Object.assign(gate, { base: query, edits: [] });
    downslope.playhead.release();
    last = null;
    send_soon();
  };

  gate.edit = (kind, key, value) => {
    const known = gate.edits.findIndex(([k, name]) => k === kind && name === key);
    if (last && !busy && !pressed && known < 0) finish(); // another control: the change before it is done
    if (known >= 0 && kind !== "action") gate.edits.splice(known, 1);
    gate.edits.push([kind, key, value]);
    send_soon();
  };

  // ask again with what is there: for the theme, an opened run, the fine surface after a gesture
  gate.refresh = send_soon;

  // whether this is the reply to the newest request
  gate.received = (reply) => {
    if (reply.seq !== seq) return false;
    busy = false;
    last = reply;
    gate.have = { ...reply.keys, rail: reply.rail };
    if (waiting) setTimeout(send_soon, 0);
    else settle();
    return true;
  };

  function send_soon() {
    if (busy) return (waiting = true);
    const wait = last && last.coarse ? sentAt + COARSE - performance.now() : 0;
    clearTimeout(pause);
    if (wait > 0) pause = setTimeout(send, wait);
    else send();
  }

  function send() {
    busy = true;
    waiting = false;
    clearTimeout(quiet);
    sentAt = performance.now();
    seq += 1;
    gate.requests += 1;
    const data = {
      seq, base: gate.base, edits: gate.edits, have: gate.have, open: gate.open,
      mode: downslope.theme.mode(), coarse: pressed, version: document.documentElement.dataset.version,
    };
    window.dash_clientside.set_props("request", { data });
  }

  function settle() {
    if (pressed) return;
    const kinds = gate.edits.map(([kind]) => kind);
    clearTimeout(quiet);
    if (kinds.includes("slider") || kinds.includes("point")) quiet = setTimeout(finish, QUIET);
    else finish();
  }

  function finish() {
    clearTimeout(quiet);
    if (busy || !last) return;
    const silent = gate.edits.every(([, key]) => key === "playhead");
    gate.base = last.query;
    gate.edits = [];
    if (silent) downslope.address.replace(last.query);
    else downslope.address.commit(last.query);
    if (last.coarse) send_soon();
  }

  addEventListener("pointerdown", () => (pressed = true), true);
  for (const name of ["pointerup", "pointercancel"])
    addEventListener(name, () => {
      pressed = false;
      setTimeout(() => !pressed && !busy && last && gate.edits.length && finish(), 0);
    }, true);
  gate.pressed = () => pressed;
  gate.idle = () => !busy && !waiting;

  // Dash alone says nothing when the server is away, and forgets the edit.
  const plain = window.fetch;
  let failures = 0;
  window.fetch = async (url, options) => {
    if (!String(url).includes("_dash-update-component")) return plain(url, options);
    for (;;) {
      const slow = setTimeout(() => downslope.banner("away"), SLOW);
      gate.inFlight += 1;
      let response = null;
      try {
        response = await plain(url, { ...options, signal: AbortSignal.timeout(LOST) });
      } catch {
        // no answer: treated like a server error below
      }
      gate.inFlight -= 1;
      clearTimeout(slow);
      if (response && response.status < 500 && response.status !== 429) {
        failures = 0;
        downslope.banner(response.status === 409 ? "old" : response.ok ? "" : "refused");
        if (!String(options.body).includes("request.data")) return response;
        return response.ok ? take(response) : given_up();
      }
      failures += 1;
      downslope.banner("away");
      await new Promise((done) => setTimeout(done, Math.min(1000, 150 * 2 ** failures) * (0.8 + 0.4 * Math.random())));
      if (waiting && String(options.body).includes("request.data")) {
        busy = false;
        setTimeout(send, 0); // a newer edit waits: send that one instead
        return new Response(null, { status: 204 });
      }
    }
  };

  // the arrays go straight to the page; Dash is handed what is left, the rail
  async function take(response) {
    const answer = await response.json();
    const { reply, ...rest } = answer.response;
    if (gate.received(reply.data)) downslope.show(reply.data);
    return new Response(JSON.stringify({ ...answer, response: rest }), { headers: { "Content-Type": "application/json" } });
  }

  // refused for good: the edit is dropped, the page goes on from the last state
  function given_up() {
    busy = false;
    gate.edits = [];
    if (waiting) setTimeout(send_soon, 0);
    return new Response(null, { status: 204 });
  }
})();
