// Scripts that are no modules: fetched into what the browser keeps, run when there is time, asked for until they come.
const AGAIN = 1000; // ms until what did not come is asked for once more

const fetched = new Map(); // address -> when it is there

export function fetch_ahead(src) {
  if (!fetched.has(src)) fetched.set(src, until(() => fetch(src).then((one) => one.ok && one.arrayBuffer()).catch(() => null)));
  return fetched.get(src);
}

export async function run(src) {
  await fetch_ahead(src);
  await until(() => ran(src));
}

export function run_text(text) {
  document.head.append(Object.assign(document.createElement("script"), { textContent: text }));
}

export async function until(done) {
  while (!(await done())) await pause_for(AGAIN);
}

export const pause_for = (ms) => new Promise((done) => setTimeout(done, ms));

function ran(src) {
  const script = Object.assign(document.createElement("script"), { src });
  document.head.append(script);
  return new Promise((done) => {
    script.addEventListener("load", () => done(true));
    script.addEventListener("error", () => done(false));
  });
}
