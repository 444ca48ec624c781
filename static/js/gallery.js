// Thumbnails move the strip without moving the page, and follow it when it is swiped. Without this they are anchors.

document.addEventListener("click", (event) => {
  const thumb = event.target.closest(".gallery__thumbs a");
  if (!thumb) return;
  event.preventDefault();
  const picture = document.querySelector(thumb.hash);
  const strip = picture.parentElement;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  strip.scrollTo({ left: picture.offsetLeft - strip.offsetLeft, behavior: calm ? "instant" : "smooth" });
});

document.addEventListener("scroll", ({ target }) => {
  if (!target.classList?.contains("gallery__strip")) return;
  const nearest = Math.round(target.scrollLeft / target.clientWidth);
  target.parentElement.querySelectorAll(".gallery__thumbs a").forEach((thumb, number) => {
    if (number === nearest) thumb.setAttribute("aria-current", "true");
    else thumb.removeAttribute("aria-current");
  });
}, { capture: true, passive: true });
