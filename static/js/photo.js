// Searching with a photo: chosen, taken, dropped anywhere or pasted. The photo is shown at once, made smaller and sent
// through the page's own form, so that the answer is an ordinary page with an address and a way back.

import { shrink } from "./shrink.js";

const dialog = document.getElementById("sending");
const forms = document.querySelectorAll("[data-photo-form]");
let turn = 0; // a newer photo, or Cancel, makes older ones give way

function say(words, busy) {
  dialog.querySelector("[role=status]").textContent = words;
  dialog.querySelector(".progress").hidden = !busy;
  if (!dialog.open) dialog.showModal();
}

function show(photo) {
  const picture = dialog.querySelector("img");
  URL.revokeObjectURL(picture.src);
  picture.hidden = true;
  if (!photo) return;
  picture.onload = () => { picture.hidden = false; };
  picture.src = URL.createObjectURL(photo);
}

// What stands in the bar goes along, if it was typed for this photo and not left there by a search before.
function typed() {
  const bar = document.getElementById("words");
  return bar && bar.value !== bar.defaultValue ? bar.value : "";
}

async function send(form, photo) {
  const mine = ++turn;
  const { sending, tooLarge, noPicture, offline, maxBytes } = dialog.dataset;
  if (photo.type && !photo.type.startsWith("image/")) { show(null); return say(noPicture, false); }
  show(photo);
  if (!navigator.onLine) return say(offline, false);
  say(sending, true);
  const small = await shrink(photo);
  if (mine !== turn) return;
  if (small.size > Number(maxBytes)) return say(tooLarge, false);
  const carrier = new DataTransfer();
  carrier.items.add(small);
  form.querySelector("[name=photo]").files = carrier.files;
  form.elements.words.value ||= typed();
  form.submit();
}

dialog.addEventListener("close", () => {
  turn += 1;
  window.stop();
  forms.forEach((form) => form.reset());
});

forms.forEach((form) => form.addEventListener("change", ({ target }) => {
  if (target.files?.length) send(form, target.files[0]);
}));

const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
const dragging = (on) => document.documentElement.classList.toggle("is-dragging", on);
addEventListener("dragover", (event) => {
  if (!carriesFiles(event)) return;
  event.preventDefault();
  dragging(true);
});
addEventListener("dragleave", (event) => { if (!event.relatedTarget) dragging(false); });
addEventListener("drop", (event) => {
  dragging(false);
  if (!carriesFiles(event)) return;
  event.preventDefault();
  if (event.dataTransfer.files.length) send(forms[0], event.dataTransfer.files[0]);
});
addEventListener("paste", (event) => {
  const photo = [...event.clipboardData.files].find((file) => file.type.startsWith("image/"));
  if (photo) send(forms[0], photo);
});

// The panels of the header close as people expect: on Escape, and on a press elsewhere.
const panels = document.querySelectorAll(".header details");
addEventListener("keydown", ({ key }) => {
  const open = [...panels].find((panel) => panel.open);
  if (key !== "Escape" || !open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
addEventListener("click", ({ target }) => {
  panels.forEach((panel) => { if (!panel.contains(target)) panel.open = false; });
});

document.querySelector(".searchbar__camera").addEventListener("toggle", ({ target }) => {
  if (target.open) target.querySelector("[name=words]").value ||= typed();
});

// Back to a page that was left while sending: it waits for a new photo.
addEventListener("pageshow", ({ persisted }) => { if (persisted && dialog.open) dialog.close(); });

navigator.serviceWorker?.register("/worker.js").catch(() => {}); // a page for the time without a connection
