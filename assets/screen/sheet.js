// The rail of a phone: a sheet from below that leaves the map in sight. A tap beside it, Escape and a swipe close it.
const FAR = 48; // px of a swipe
const narrow = matchMedia("(max-width: 760px)"); // as in style.css
const swipe = { from: null };
const is_open = () => document.body.classList.contains("sheet");

const rail = () => document.getElementById("rail");
const opener = () => document.getElementById("drawer");

// the focus goes into it, and back where it came from
function open(on) {
  if (on === is_open()) return;
  const inside = rail().contains(document.activeElement);
  document.body.classList.toggle("sheet", on);
  opener().setAttribute("aria-expanded", on);
  if (on) {
    rail().tabIndex = -1;
    rail().focus({ preventScroll: true });
    scrollTo(0, 0); // to the map, which moves with it
  } else if (inside) opener().focus();
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("#drawer")) open(!is_open());
  else if (is_open() && target.isConnected && !target.closest("#rail, #tip")) open(false);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !is_open()) return;
  event.preventDefault();
  open(false);
});

// a window that is wide enough has the rail beside the map
narrow.addEventListener("change", () => open(false));

// what is scrolled is not closed
document.addEventListener("touchstart", ({ target, touches: [touch] }) => {
  const starts = is_open() && target.closest("#rail") && rail().scrollTop <= 0;
  swipe.from = starts && !target.closest("input, select") ? touch.clientY : null;
}, { passive: true });

document.addEventListener("touchend", ({ changedTouches: [touch] }) => {
  if (swipe.from !== null && touch.clientY - swipe.from > FAR) open(false);
  swipe.from = null;
}, { passive: true });
