// The files that this page has sent: kept for as long as its tab is open, so that any server can have them again.

const PLACE = "file "; // in what the browser keeps for a tab, and then the hash
const PIECE = 8192; // bytes that become letters at a time

const held = new Map(); // hash -> { name, said, bytes }

export function remember(hash, file) {
  held.set(hash, file);
  store(PLACE + hash, JSON.stringify([file.name, file.said, letters(file.bytes)]));
}

// what is known of a file; null where this page has never had it
export function recall(hash) {
  if (!held.has(hash)) {
    const written = stored(PLACE + hash);
    if (!written) return null;
    const [name, said, text] = JSON.parse(written);
    held.set(hash, { name, said, bytes: Uint8Array.from(text, (letter) => letter.charCodeAt(0)) });
  }
  return held.get(hash);
}

// --- what the browser keeps -------------------------------------------------------------------------------------------

// the newest matters: others make room for it
function store(place, text) {
  try {
    for (;;) {
      try {
        return sessionStorage.setItem(place, text);
      } catch (full) {
        const other = Object.keys(sessionStorage).find((one) => one.startsWith(PLACE) && one !== place);
        if (!other) throw full;
        sessionStorage.removeItem(other);
      }
    }
  } catch {
    // too large, or nothing is kept in this browser: the page has it until it is closed
  }
}

function stored(place) {
  try {
    return sessionStorage.getItem(place);
  } catch {
    return null;
  }
}

function letters(bytes) {
  const parts = [];
  for (let at = 0; at < bytes.length; at += PIECE) parts.push(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  return parts.join("");
}
