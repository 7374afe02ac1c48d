// A file of one's own: chosen or dropped, sent once, and named by its hash in the address.
import { make } from "../screen/elements.js";
import { send_file } from "../wire/channel.js";
import { gate } from "../wire/gate.js";
import { recall, remember } from "./files.js";

const EDIT = "train.file";
const DATA = "train.data";
const OWN = "file"; // among the data
const HASH = /[0-9a-f]{64}/;
const GONE = "The file of this page is not here any more: choose it again.";

class FileControl {
  #root = document.getElementById("train");
  #place = document.getElementById("train-file");
  #button = document.getElementById("train-choose");
  #input = make("input", { type: "file", accept: ".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain", hidden: "" });
  #is_own = false; // whether the page shows a file
  #chosen = 0; // counts what was chosen so far
  #hash = ""; // of what is said of a file now

  constructor() {
    this.#root.append(this.#input);
    this.#input.addEventListener("change", () => {
      const [file] = this.#input.files;
      if (file) this.#take(file);
      this.#input.value = ""; // the same one again, after a change, is another one
    });
    this.#button.addEventListener("click", () => this.#can && this.#input.click());
    for (const [name, act] of Object.entries(this.#dragged)) this.#root.addEventListener(name, act);
  }

  #dragged = {
    dragover: (event) => {
      if (!event.dataTransfer.types.includes("Files")) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = this.#can ? "copy" : "none";
      this.#root.classList.toggle("dropping", this.#can);
    },
    dragleave: ({ relatedTarget }) => this.#root.contains(relatedTarget) || this.#root.classList.remove("dropping"),
    drop: (event) => {
      const [file] = event.dataTransfer.files;
      if (!file) return;
      event.preventDefault();
      this.#root.classList.remove("dropping");
      if (this.#can) this.#take(file);
    },
  };

  // what the page shows now: its data, and the file that the address names
  follow({ query, shown }) {
    this.#is_own = shown.choice[DATA] === OWN;
    const hash = query.match(HASH)?.[0] ?? "";
    if (hash !== this.#hash) this.#tell(recall(hash)?.said ?? "");
    this.#hash = hash;
    this.#reveal();
  }

  // Its bytes for a server that does not know it. `late`: one did when all was planned, so nobody else says it is gone.
  bring(hash, late) {
    const bytes = recall(hash)?.bytes ?? null;
    if (!bytes && late) this.#tell("", GONE);
    return bytes;
  }

  // where the data are others, there is only what is said of a file that was dropped
  #reveal() {
    const says = ["said", "wrong"].some((one) => document.getElementById(`train-file-${one}`).textContent);
    this.#place.hidden = !this.#is_own && !says;
    document.getElementById("train-file-hint").hidden = says;
  }

  get #can() {
    return this.#button.ariaDisabled !== "true";
  }

  async #take(file) {
    const mine = ++this.#chosen;
    const most = Number(this.#button.dataset.most);
    if (file.size > most) return this.#tell("", `${file.name} has ${megabytes(file.size)}: at most ${megabytes(most)} are read.`);
    if (!file.size) return this.#tell("", `${file.name} is empty.`);
    const bytes = await file.arrayBuffer().then((buffer) => new Uint8Array(buffer), () => null);
    if (mine !== this.#chosen) return;
    if (!bytes) return this.#tell("", `${file.name} cannot be read.`);
    this.#tell(`Sending ${file.name} …`);
    const { answer, refused } = await send_file(bytes, () => mine !== this.#chosen);
    if (mine !== this.#chosen) return;
    if (answer) this.#put(answer, file.name, bytes);
    else if (refused) this.#tell("", `${file.name}: ${refused}.`);
  }

  #put(answer, name, bytes) {
    const said = in_words(name, answer);
    remember(answer.hash, { name, said, bytes });
    this.#hash = answer.hash;
    this.#tell(said);
    gate.edit("text", EDIT, answer.hash);
  }

  #tell(said, wrong = "") {
    document.getElementById("train-file-said").textContent = said;
    const complaint = document.getElementById("train-file-wrong");
    complaint.textContent = wrong;
    complaint.hidden = !wrong;
    this.#reveal();
  }
}

function in_words(name, { rows, columns, kinds, message }) {
  const words = kinds.filter((kind) => kind === "words").length;
  const of_words = words ? `, ${words} of words` : "";
  return `${name}: ${rows.toLocaleString("en")} rows, ${columns.length} columns${of_words}. ${message}`.trim();
}

const megabytes = (bytes) => `${(bytes / 1e6).toPrecision(2)} MB`;

export const file = new FileControl();
