// The address bar: read at load and on back and forward, written as the page changes. One entry per finished change.
(() => {
  const downslope = (window.downslope = window.downslope || {});
  const here = (query) => location.pathname + query;
  let committed = location.search; // the query of the newest history entry

  downslope.address = {
    read: () => location.search,
    // while a gesture lasts: show where it leads, without an entry of its own
    show(query) {
      if (query !== location.search) history.replaceState(null, "", here(query));
    },
    // the gesture is over: the entry it began from is restored, and a new one made
    commit(query) {
      if (query === committed) return downslope.address.show(query);
      history.replaceState(null, "", here(committed));
      history.pushState(null, "", here(query));
      committed = query;
    },
    // what is not worth an entry (the playhead), or what the server corrected
    replace(query) {
      committed = query;
      downslope.address.show(query);
    },
  };

  window.addEventListener("popstate", () => {
    committed = location.search;
    downslope.gate.restart(location.search);
  });
})();
