// Files to take home. Without this module a link of the export menu works too; with it, one that a busy server turns
// away is asked for again.
import { address } from "../page/address.js";
import { signal } from "../signal.js";

const AGAIN = 2; // s until the next try, where the server does not say
const TRIES = 3; // of an export whose file is not there
const KEPT = 10000; // ms that the browser has for taking a file over

const HASH = /[0-9a-f]{64}/; // of a file that an address names

let bring = async () => false; // to a server that does not know a file

export const awaited = signal(); // "" nothing, "busy" a file waits for its turn, "failed" there is none

export function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT);
}

// a link of the export menu takes the state along as it is when it is followed
function bring_state({ target }) {
  const link = target.closest?.("a[data-export]");
  if (link) link.href = `export/${link.dataset.export}${address.read()}`;
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

export function bring_with(how) {
  bring = how;
}

async function take(url) {
  for (let tries = 0; ; tries += 1) {
    const { file, wait, gone } = await one_try(url).catch(() => ({ wait: AGAIN }));
    const hash = gone && url.match(HASH)?.[0];
    if (hash && tries < TRIES && (await bring(hash))) continue;
    awaited.tell(wait ? "busy" : file ? "" : "failed");
    if (file) save(file.blob, file.name);
    if (!wait) return;
    await new Promise((done) => setTimeout(done, 1000 * wait * (1 + 0.5 * Math.random())));
  }
}

// the file, or how long to wait before asking again; neither where that would not help
async function one_try(url) {
  const response = await fetch(url);
  if (response.status === 503) return { wait: Number(response.headers.get("Retry-After")) || AGAIN };
  if (!response.ok) return { gone: response.status === 410 };
  const [, name] = response.headers.get("Content-Disposition").match(/filename="([^"]*)"/);
  return { file: { blob: await response.blob(), name } };
}
