// Pages to print. The server does not know at which address it is reached, so the browser fills in the links, as text
// and as QR codes; and it asks for the keys of several lessons one after the other, for each is computed.
const home = new URL(document.body.dataset.home, location.href);
const AGAIN = 2; // s until the next try, where a busy server does not say

for (const place of document.querySelectorAll("[data-lesson]")) {
  const { lesson } = place.dataset;
  const code = new Image();
  code.alt = "QR code of the link";
  code.src = new URL(`qr/${lesson}?at=${encodeURIComponent(home.href)}`, home).href;
  place.querySelector("a").textContent = new URL(`?lesson=${lesson}`, home).href;
  place.prepend(code);
}

async function fetch_keys() {
  for (const place of document.querySelectorAll("[data-key]")) {
    const key = await fetched(new URL(`worksheet/${place.dataset.key}/key${location.search}`, home));
    if (key) place.replaceWith(key);
  }
}

// the sheet of a page; where there is none, its link stays
async function fetched(url) {
  for (;;) {
    const response = await fetch(url, { headers: { Accept: "text/html" } }).catch(() => null);
    if (response?.ok) return new DOMParser().parseFromString(await response.text(), "text/html").querySelector(".sheet");
    if (response?.status !== 503) return null;
    await new Promise((done) => setTimeout(done, 1000 * (Number(response.headers.get("Retry-After")) || AGAIN)));
  }
}

const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => print());
fetch_keys();
