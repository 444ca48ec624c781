// A frame on the photo that chooses a part of it: drawn, dragged by its corners or as a whole, or moved by arrow keys.
// The four fields of the form are the truth; without this they are typed.

const STEP = 1; // percent an arrow key moves by
const LEAP = 10; // with Shift
const LEAST = 2; // percent that a part has each way at least
const EDGES = ["left", "top", "right", "bottom"];
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const clamp = (value, least, most) => Math.min(most, Math.max(least, value));
const round = (value) => Math.round(value * 10) / 10;

class Cropper {
  constructor(details) {
    this.form = details.querySelector("form");
    this.photo = details.closest(".found").querySelector(".photo");
    this.root = details.querySelector("[data-cropper]").content.firstElementChild.cloneNode(true);
    this.frame = this.root.querySelector(".cropper__frame");
    this.said = this.root.querySelector("output");
    this.photo.append(this.root);
    this.root.addEventListener("pointerdown", (event) => this.grab(event));
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.form.addEventListener("input", this.draw = () => this.place(this.box));
    this.place(this.box);
  }

  get box() {
    return Object.fromEntries(EDGES.map((edge) => [edge, Number(this.form.elements[edge].value) || 0]));
  }

  set box(box) {
    EDGES.forEach((edge) => { this.form.elements[edge].value = round(box[edge]).toFixed(1); });
    this.place(box);
  }

  place({ left, top, right, bottom }) {
    const { style } = this.frame;
    style.left = `${clamp(left, 0, 100)}%`;
    style.top = `${clamp(top, 0, 100)}%`;
    style.width = `${clamp(right - left, 0, 100)}%`;
    style.height = `${clamp(bottom - top, 0, 100)}%`;
  }

  // The box with some of its edges moved: as a whole it keeps its size, otherwise no edge passes the one across.
  moved({ left, top, right, bottom }, edges, x, y) {
    if (edges.length === 4) {
      const dx = clamp(x, -left, 100 - right), dy = clamp(y, -top, 100 - bottom);
      return { left: left + dx, right: right + dx, top: top + dy, bottom: bottom + dy };
    }
    if (edges.includes("left")) left = clamp(left + x, 0, right - LEAST);
    if (edges.includes("right")) right = clamp(right + x, left + LEAST, 100);
    if (edges.includes("top")) top = clamp(top + y, 0, bottom - LEAST);
    if (edges.includes("bottom")) bottom = clamp(bottom + y, top + LEAST, 100);
    return { left, top, right, bottom };
  }

  at({ clientX, clientY }) {
    const { left, top, width, height } = this.root.getBoundingClientRect();
    return [clamp(100 * (clientX - left) / width, 0, 100), clamp(100 * (clientY - top) / height, 0, 100)];
  }

  grab(event) {
    if (event.button) return;
    event.preventDefault();
    const [x, y] = this.at(event), before = this.box;
    const edges = event.target.dataset.edges?.split(" "); // none: a new part is drawn from here
    if (edges) event.target.focus({ preventScroll: true });
    const drag = (move) => {
      const [toX, toY] = this.at(move);
      if (edges) this.box = this.moved(before, edges, toX - x, toY - y);
      else if (Math.abs(toX - x) >= LEAST && Math.abs(toY - y) >= LEAST) {
        this.box = { left: Math.min(x, toX), top: Math.min(y, toY), right: Math.max(x, toX), bottom: Math.max(y, toY) };
      }
    };
    this.root.setPointerCapture(event.pointerId);
    this.root.addEventListener("pointermove", drag);
    for (const end of ["pointerup", "pointercancel"]) {
      this.root.addEventListener(end, () => this.root.removeEventListener("pointermove", drag), { once: true });
    }
  }

  key(event) {
    const edges = event.target.dataset.edges?.split(" ");
    if (event.key === "Enter") {
      event.preventDefault();
      this.form.requestSubmit();
    } else if (edges && KEYS[event.key]) {
      event.preventDefault();
      const by = event.shiftKey ? LEAP : STEP;
      this.box = this.moved(this.box, edges, ...KEYS[event.key].map((way) => way * by));
      this.said.textContent = this.said.dataset.says.replace(/\[(\w+)\]/g, (_, edge) => Math.round(this.box[edge]));
    }
  }

  remove() {
    this.form.removeEventListener("input", this.draw);
    this.root.remove();
  }
}

let cropper, owner;

// The frame is there while its form is open, whichever way that came about.
function follow() {
  const open = document.querySelector("[data-crop][open]");
  if (open === owner) return;
  cropper?.remove();
  owner = open;
  cropper = open ? new Cropper(open) : undefined;
}

document.addEventListener("toggle", follow, true);
document.addEventListener("htmx:afterSettle", follow);
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || !owner) return;
  const summary = owner.querySelector("summary");
  owner.open = false;
  summary.focus();
});
follow();
