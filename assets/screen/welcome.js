// The line that says to a first visit what it sees. Once put away it stays away; nothing but that is remembered.
const KEY = "downslope-seen";
let wanted = !remembered();

// a browser may keep nothing for this page, or forbid to ask
function remembered() {
  try {
    return localStorage.getItem(KEY) !== null;
  } catch {
    return false;
  }
}

function remember() {
  try {
    localStorage.setItem(KEY, "1");
  } catch {
    // it comes back with the next visit
  }
}

// a page of which something is hidden or locked, or that is presented, was prepared for somebody by somebody
export function welcome({ present, hide, lock }) {
  document.getElementById("welcome").hidden = !wanted || present || hide.length + lock.length > 0;
}

document.addEventListener("click", ({ target }) => {
  if (!target.closest?.("#welcome button")) return;
  wanted = false;
  document.getElementById("welcome").hidden = true;
  remember();
});
