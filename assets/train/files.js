// The files that this page has sent: kept for as long as its tab is open, so that any server can have them again.
import { send_file } from "../wire/channel.js";

const PLACE = "file "; // in what the browser keeps for a tab, and then the hash
const TRIES = 8; // within the time below, of servers that may each be another one
const A_WHILE = 10000; // ms
const PIECE = 8192; // bytes that become letters at a time

const held = new Map(); // hash -> { name, said, bytes }
const under_way = new Map(); // hash -> when it is sent
let tried = []; // when a file was sent again

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

// To a server that does not know it; false where that is no use.
export async function send_again(hash) {
  const file = recall(hash);
  const now = performance.now();
  tried = tried.filter((when) => now - when < A_WHILE);
  if (!file || tried.length >= TRIES) return false;
  if (!under_way.has(hash)) tried.push(now);
  if (!under_way.has(hash)) under_way.set(hash, send_file(file.bytes).finally(() => under_way.delete(hash)));
  const { answer } = await under_way.get(hash);
  return answer?.hash === hash;
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
