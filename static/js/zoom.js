// A picture of the gallery, larger, above the page. Without this its link leads to the large picture itself.

const pictures = () => [...document.querySelectorAll("[data-zoom]")];
let dialog, at = 0;

const show = (number) => {
  const all = pictures();
  at = (number + all.length) % all.length;
  dialog.querySelector("img").replaceWith(Object.assign(new Image(), { src: all[at].href, alt: all[at].dataset.alt }));
  dialog.querySelectorAll("[data-step]").forEach((button) => { button.hidden = all.length < 2; });
};
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-zoom]");
  if (link && event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey)) {
    event.preventDefault();
    dialog = document.getElementById("zoom");
    show(pictures().indexOf(link));
    dialog.showModal();
  } else if (event.target.closest("[data-step]")) show(at + Number(event.target.closest("[data-step]").dataset.step));
  else if (event.target === dialog) dialog.close();
});
document.addEventListener("keydown", ({ key }) => {
  if (dialog?.open && (key === "ArrowRight" || key === "ArrowLeft")) show(at + (key === "ArrowRight" ? 1 : -1));
});
