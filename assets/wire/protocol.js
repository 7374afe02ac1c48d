// What browser and server say to each other, as app/protocol.py has it: every message with its fields in their order.

export const SENT = {
  request: ["base", "edits", "have", "open", "mode", "coarse", "version", "aspect", "window", "tab"],
  ask: ["query", "t", "brief", "tab"],
  probe: ["query", "at", "t", "tab"],
  plan: ["query", "mode", "version", "tab"],
  tile: ["key", "part", "given", "tab"],
};

// A message to send. A field too many or too few is a mistake of ours, which the server would refuse.
export function message(kind, fields) {
  const told = { kind, ...fields };
  const wanted = ["kind", ...SENT[kind]];
  const same = wanted.length === Object.keys(told).length && wanted.every((name) => told[name] !== undefined);
  if (!same) throw new Error(`${kind} has ${wanted}, not ${Object.keys(told)}`);
  return told;
}

export const RECEIVED = {
  Reply: [
    "query", "notices", "messages", "shown", "present", "embed", "hide", "lock", "live", "open", "rail", "keys", "coarse", "partly",
    "scene", "components", "lesson",
  ],
  Look: ["keys", "skeletons"],
  Opening: ["base", "reply", "looks"],
  Scene: [
    "theme", "steps", "t", "start", "domain", "room", "labels", "ends", "stops", "skeletons", "traces", "ground", "axes",
    "empty", "drift",
  ],
  Ending: ["since", "words"],
  Meta: ["slot", "first", "part", "ink", "head", "casing", "like", "dash", "fan", "mark"],
  Told: ["query", "brief", "said", "overlays", "graphs", "table", "stories", "notes"],
  Said: ["slot", "text"],
  Overlay: ["slot", "label", "points", "arrow"],
  Table: ["columns", "rows", "terms", "ids"],
  Row: ["slot", "cells"],
  Cell: ["text", "by", "doc"],
  Story: ["slot", "label", "first", "last", "digits", "lines", "columns"],
  Line: ["formula", "math", "text", "needs"],
  Note: ["slot", "label", "text", "edit"],
  Reading: ["text"],
  Work: ["key", "parts", "look"],
  Piece: ["part", "arrays"],
  Held: ["hash", "columns", "rows", "kinds", "message"],
  Exported: ["scene", "skeletons"],
};
