// Between Dash's components and the gate: what was edited goes there, what a reply brings is shown.
(() => {
  const downslope = (window.downslope = window.downslope || {});
  const PROPERTY = { switch: "checked" };
  const MESSAGES = {
    "": "",
    away: "Connection lost. Your settings are kept; trying again …",
    old: "The app was updated. Reload the page: your settings are in its address.",
    refused: "The server did not accept this change; the page shows the last state it knew.",
  };
  const shown = new Map(); // "kind key" -> what the component shows
  const wrong = new Set(); // keys of fields whose text could not be used: it stays, with the reason beside it
  let texts = {}, rail = "", areas = { hide: [], lock: [] };
  const no_update = () => window.dash_clientside.no_update;
  const set = (id, props) => window.dash_clientside.set_props(id, props);

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    downslope: {
      edited() {
        for (const { prop_id, value } of window.dash_clientside.callback_context.triggered) {
          if (!prop_id.startsWith("{")) continue;
          const id = JSON.parse(prop_id.slice(0, prop_id.lastIndexOf("}") + 1));
          const [[kind, key]] = Object.entries(id);
          if (value === undefined || value === null || shown.get(`${kind} ${key}`) === value) continue;
          edited(kind, key, value);
        }
        return no_update();
      },
      read(reading) {
        if (reading) downslope.probe_read(reading.text);
        return no_update();
      },
      told(answer) {
        if (answer) downslope.told(answer);
        return no_update();
      },
    },
  });

  function edited(kind, key, value) {
    if (kind === "action" && !value) return;
    shown.set(`${kind} ${key}`, value);
    if (wrong.delete(key)) {
      set({ number: key }, { error: null });
      shown.delete(`number ${key}`);
    }
    if (key.startsWith("open.")) return open(Number(key.slice(5)));
    downslope.gate.edit(kind, key, value);
  }

  function open(slot) {
    downslope.gate.open = downslope.gate.open === slot ? null : slot;
    downslope.gate.refresh();
  }

  // the drawing first: what React has to do follows when it is on the screen
  let newest = null;
  downslope.show = (reply) => {
    downslope.theme.follow(reply.theme);
    document.documentElement.classList.toggle("present", reply.present);
    downslope.playhead.set(reply.steps, reply.t);
    downslope.plot(reply);
    downslope.handle(reply.start, reply.domain);
    if (reply.notices.length) notices(reply.notices);
    const later = newest === null;
    newest = reply;
    if (later) requestAnimationFrame(() => setTimeout(tell, 0));
  };

  function tell() {
    const reply = newest;
    newest = null;
    if (reply.rail !== rail) for (const known of [shown, wrong]) known.clear(); // the rail is a new one
    for (const key of Object.keys(reply.messages)) wrong.add(key);
    for (const [kind, values] of Object.entries(reply.shown))
      if (kind !== "say") for (const [key, value] of Object.entries(values)) put(kind, key, value, reply.rail !== rail);
    for (const [key, error] of Object.entries(reply.messages)) set({ number: key }, { error });
    rail = reply.rail;
    texts = reply.shown.say;
    areas = { hide: reply.hide, lock: reply.lock };
    downslope.address.show(reply.query);
    settle();
    downslope.details(reply);
  }

  function put(kind, key, value, rebuilt) {
    const name = `${kind} ${key}`;
    if (shown.get(name) === value || (kind === "number" && wrong.has(key))) return;
    if (downslope.gate.edits.some(([moved, which]) => moved === "slider" && kind === moved && which === key)) return;
    shown.set(name, value);
    const element = document.getElementById(JSON.stringify({ [kind]: key }));
    const comes_with_the_rail = rebuilt && (!element || element.closest("#rail"));
    if (!comes_with_the_rail) set({ [kind]: key }, { [PROPERTY[kind] || "value"]: value });
  }
  // texts and areas, also after Dash has built the rail anew
  function settle() {
    for (const element of document.querySelectorAll("[data-text]")) {
      const text = texts[element.dataset.text] ?? "";
      if (element.textContent !== text) element.textContent = text;
    }
    for (const element of document.querySelectorAll("[data-area]")) {
      element.hidden = areas.hide.includes(element.dataset.area);
      element.inert = areas.lock.includes(element.dataset.area);
    }
  }

  downslope.banner = (what) => {
    const banner = document.getElementById("banner");
    if (!banner || banner.dataset.what === what) return;
    banner.dataset.what = what;
    banner.textContent = MESSAGES[what];
    banner.hidden = !what;
  };
  addEventListener("offline", () => downslope.banner("away"));
  addEventListener("online", () => downslope.gate.refresh());

  function notices(lines) {
    const area = document.getElementById("notices");
    const close = Object.assign(document.createElement("button"), { textContent: "×", className: "plain" });
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => area.replaceChildren());
    const list = document.createElement("ul");
    list.append(...lines.map((line) => Object.assign(document.createElement("li"), { textContent: line })));
    area.replaceChildren(list, close);
  }

  // light or dark: the system's, until chosen
  const dark = matchMedia("(prefers-color-scheme: dark)");
  let theme = /[?&]theme=(light|dark)/.exec(location.search)?.[1] || "auto";
  downslope.theme = {
    mode: () => (theme === "auto" ? (dark.matches ? "dark" : "light") : theme),
    follow(chosen) {
      theme = chosen;
      scheme();
    },
  };
  function scheme() {
    if (document.documentElement.dataset.mantineColorScheme === downslope.theme.mode()) return;
    document.documentElement.dataset.mantineColorScheme = downslope.theme.mode();
    set("mantine", { forceColorScheme: downslope.theme.mode() });
  }
  document.documentElement.dataset.mantineColorScheme = downslope.theme.mode();
  dark.addEventListener("change", () => downslope.gate.refresh());

  document.addEventListener("click", (event) => {
    if (event.target.closest("#theme")) {
      theme = downslope.theme.mode() === "dark" ? "light" : "dark";
      scheme();
      downslope.gate.edit("choice", "view.theme", theme);
    }
    if (event.target.closest("#present")) present(!document.documentElement.classList.contains("present"));
    if (event.target.closest("#copy-link")) copy_link();
    const picture = event.target.closest("[data-picture]");
    if (picture) downslope.picture(picture.dataset.picture);
    if (event.target.closest("#drawer")) drawer(!document.body.classList.contains("drawer"));
    else if (document.body.classList.contains("drawer") && !event.target.closest("#rail, .mantine-Popover-dropdown")) drawer(false);
  });
  document.addEventListener("dblclick", (event) => {
    const row = event.target.closest("[data-double]");
    if (row && event.target.closest(".mantine-Slider-root")) downslope.gate.edit("action", row.dataset.double, 1);
  });

  // the whole screen where the browser allows it; leaving that leaves the presentation too
  function present(on) {
    if (on) document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen();
    downslope.gate.edit("choice", "view.present", on ? "on" : "off");
  }
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && document.documentElement.classList.contains("present")) present(false);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.documentElement.classList.contains("present")) present(false);
  });

  function drawer(open) {
    document.body.classList.toggle("drawer", open);
    document.getElementById("drawer").setAttribute("aria-expanded", open);
  }

  // a link of the export menu takes the state along as it is when it is followed
  for (const event of ["pointerdown", "keydown", "click"]) document.addEventListener(event, with_state, true);
  function with_state(event) {
    const link = event.target.closest?.("a[data-export]");
    if (link) link.href = `export/${link.dataset.export}${location.search}`;
  }

  // Escape and a click elsewhere close the menu
  document.addEventListener("keydown", (event) => {
    const menu = document.querySelector(".export[open]");
    if (event.key !== "Escape" || !menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    const menu = document.querySelector(".export[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
  });

  async function copy_link() {
    const button = document.getElementById("copy-link");
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = "Copied";
    } catch {
      prompt("The link to this view:", location.href);
    }
    setTimeout(() => (button.textContent = "Copy link"), 1500);
  }

  // pointing at a run's row, its line or its head
  document.addEventListener("pointerover", (event) => {
    const row = event.target.closest?.("[data-slot]");
    if (row) downslope.point_at(Number(row.dataset.slot));
    else if (!event.target.closest?.(".graph")) downslope.point_at(null);
  });
  document.addEventListener("pointermove", (event) => {
    const element = event.target.closest?.(".graph");
    const graph = element && downslope.graphs[element.dataset.graph];
    if (!graph?.lines || event.buttons) return;
    const box = element.getBoundingClientRect();
    downslope.point_at(downslope.nearest(graph, event.clientX - box.x, event.clientY - box.y));
  });

  // the page is there: watch the rail, and ask for everything
  const ready = new MutationObserver(() => {
    const element = document.getElementById("rail");
    if (!element || !document.getElementById("graph-map")) return;
    ready.disconnect();
    new MutationObserver(settle).observe(element, { childList: true, subtree: true });
    scheme();
    downslope.gate.restart(downslope.address.read());
  });
  ready.observe(document, { childList: true, subtree: true });
})();
