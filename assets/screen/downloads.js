// Files to take home. Without this module a link of the export menu works too; with it, one that a busy server turns
// away is asked for again.
import { address } from "../page/address.js";
import { signal } from "../signal.js";

const AGAIN = 2; // s until the next try, where the server does not say
const REFUSED = 422; // what asked for a file can be put right
const KEPT = 10000; // ms that the browser has for taking a file over

export const awaited = signal(); // "" nothing, "busy" a file waits for its turn, "failed" there is none, and why not

let bring = () => null;

// `how` gives the bytes of a file of the page's own that the server does not know; null where the page has none
export function brought_by(how) {
  bring = how;
}

export function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}

// a link of the export menu takes the state along as it is when it is followed; another one says of which it is
function bring_state({ target }) {
  const link = target.closest?.("a[data-export]");
  if (link) link.href = `export/${link.dataset.export}${link.dataset.of ?? address.read()}`;
  return link;
}
for (const event of ["pointerdown", "keydown"]) document.addEventListener(event, bring_state, true);

document.addEventListener(
  "click",
  (event) => {
    const link = bring_state(event);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    take(link.href);
  },
  true,
);

async function take(url) {
  let own = null; // file, which whoever answers has to know
  for (;;) {
    const { file, wait, why, unknown } = await one_try(url, own).catch(() => ({ wait: AGAIN }));
    if (unknown && !own && (own = bring(unknown))) continue;
    awaited.tell(wait ? "busy" : file ? "" : "failed", why);
    if (file) save(file.blob, file.name);
    if (!wait) return;
    await new Promise((done) => setTimeout(done, 1000 * wait * (1 + 0.5 * Math.random())));
  }
}

// the file, or how long to wait before asking again; else why there is none, and which file of the page's it would take
async function one_try(url, own) {
  const response = await fetch(url, own ? { method: "POST", body: own, headers: { "Content-Type": "text/csv" } } : {});
  if (response.status === 503) return { wait: Number(response.headers.get("Retry-After")) || AGAIN };
  if (response.status === REFUSED) {
    const { error, unknown } = await response.json();
    return { why: error, unknown };
  }
  if (!response.ok) return {};
  const [, name] = response.headers.get("Content-Disposition").match(/filename="([^"]*)"/);
  return { file: { blob: await response.blob(), name } };
}
