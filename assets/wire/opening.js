// The first answer travels in the page itself, for any light that the page may have.
import { address } from "../page/address.js";
import { theme } from "../screen/theme.js";
import { uncoded } from "./arrays.js";

// the reply to the page's address, or null where the page is at another one by now
export function opening() {
  const { base, reply, looks } = uncoded(document.getElementById("opening").textContent);
  const look = looks[theme.mode()];
  if (base !== address.read() || !look) return null;
  const { keys, skeletons } = look;
  return { ...reply, keys, scene: { ...reply.scene, skeletons } };
}
