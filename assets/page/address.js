// The address bar: read at load and on back and forward, written as the page changes. One entry per finished change.
import { signal } from "../signal.js";

class Address {
  travelled = signal(); // back or forward, to this query
  written = signal(); // this query, and whether that is a change or the same in other words
  #committed = location.search; // the query of the newest history entry

  constructor() {
    addEventListener("popstate", () => {
      this.#committed = location.search;
      this.travelled.tell(location.search);
    });
  }

  read() {
    return location.search;
  }

  // while a gesture lasts: show where it leads, without an entry of its own
  show(query) {
    if (query !== location.search) history.replaceState(null, "", location.pathname + query);
  }

  // the gesture is over: the entry it began from is restored, and a new one made
  commit(query) {
    if (query === this.#committed) return this.show(query);
    history.replaceState(null, "", location.pathname + this.#committed);
    history.pushState(null, "", location.pathname + query);
    this.#committed = query;
    this.written.tell(query, true);
  }

  // what is not worth an entry (the playhead), or what the server corrected
  replace(query) {
    this.#committed = query;
    this.show(query);
    this.written.tell(query, false);
  }
}

export const address = new Address();
