// Another number of pieces is taken at once; the button beside it is for those without scripts.

document.addEventListener("change", ({ target }) => target.closest("form[data-quantity]")?.requestSubmit());
