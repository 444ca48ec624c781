// What is chosen changes what it costs: the country, and the way to ship.

document.addEventListener("change", ({ target }) => {
  if (target.matches("[name=country], [name=method]")) document.querySelector("[name=recalculate]").click();
});
