// Suggestions below the search field (ARIA's combobox with a list). Without this it is a field and a button.

const field = document.getElementById("words");
const list = document.getElementById("suggestions");
let asked = "", timer;

const rows = () => [...list.children];
const open = (yes) => {
  list.hidden = !yes;
  field.setAttribute("aria-expanded", String(yes));
  if (!yes) choose(-1);
};
const choose = (number) => {
  rows().forEach((row, at) => row.setAttribute("aria-selected", String(at === number)));
  if (number < 0) field.removeAttribute("aria-activedescendant");
  else field.setAttribute("aria-activedescendant", rows()[number].id);
};
const chosen = () => rows().findIndex((row) => row.getAttribute("aria-selected") === "true");
const ask = async (text) => {
  const response = await fetch(`${list.dataset.from}?q=${encodeURIComponent(text)}`);
  if (!response.ok || text !== asked) return;
  list.innerHTML = await response.text();
  open(rows().length > 0 && document.activeElement === field);
};

field?.addEventListener("input", () => {
  asked = field.value.trim();
  clearTimeout(timer);
  if (asked.length < 2) open(false);
  else timer = setTimeout(() => ask(asked).catch(() => open(false)), 150);
});
field?.addEventListener("keydown", (event) => {
  const { key } = event;
  if (key === "Escape" && !list.hidden) { open(false); event.preventDefault(); }
  if (list.hidden || !rows().length) return;
  const at = chosen();
  if (key === "ArrowDown") choose((at + 1) % rows().length);
  else if (key === "ArrowUp") choose(at <= 0 ? rows().length - 1 : at - 1);
  else if (key === "Enter" && at >= 0) location.assign(rows()[at].dataset.href);
  else return;
  event.preventDefault();
});
field?.addEventListener("blur", () => open(false));
list?.addEventListener("pointerdown", (event) => { // before the field loses the focus
  const row = event.target.closest("[data-href]");
  if (row) { event.preventDefault(); location.assign(row.dataset.href); }
});
