// A sheet above the page: a size is chosen in it, and what went into the cart is shown. Without it, or where it fails,
// each link and form goes its own way.

const sheet = document.getElementById("sheet");
const show = async (address, options = {}) => {
  const response = await fetch(address, { ...options, headers: { "X-Part": "sheet" } });
  if (response.headers.get("X-Part") !== "sheet") throw new Error(`no sheet: ${response.status}`);
  sheet.innerHTML = await response.text();
  if (!sheet.open) sheet.showModal();
  sheet.querySelector("[autofocus]")?.focus();
  const pieces = sheet.querySelector("[data-pieces]")?.dataset.pieces;
  for (const count of pieces === undefined ? [] : document.querySelectorAll("[data-cart-pieces]")) {
    count.textContent = pieces;
    count.hidden = pieces === "0";
  }
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-sheet-from]");
  if (link && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) {
    event.preventDefault();
    show(link.dataset.sheetFrom || link.href).catch(() => location.assign(link.href));
  } else if (event.target === sheet) sheet.close(); // what is dark around it
});
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-sheet-form]");
  if (!form) return;
  event.preventDefault();
  const body = new FormData(form, event.submitter);
  show(form.action, { method: "POST", body }).catch(() => {
    if (event.submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: event.submitter.name, value: event.submitter.value }));
    form.submit();
  });
});
