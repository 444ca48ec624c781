// Pictures are put in order by dragging their grip, or with the arrow keys on it. The grip only exists with JavaScript:
// without it the position fields, which this keeps in step, do the same.
"use strict";

function cards(list) {
  return [...list.querySelectorAll(".picture")];
}

function number(list) {
  cards(list).forEach((card, index) => {
    card.querySelector("input[name$='-position']").value = index;
  });
}

function cardUnder(list, held, x, y) {
  const inside = (box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  return cards(list).find((card) => card !== held && inside(card.getBoundingClientRect()));
}

function move(list, card, target) {
  const all = cards(list);
  const forward = all.indexOf(card) < all.indexOf(target);
  list.insertBefore(card, forward ? target.nextElementSibling : target);
  number(list);
}

function drag(list, card, grip) {
  grip.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    grip.setPointerCapture(event.pointerId);
    card.classList.add("picture--held");
  });
  grip.addEventListener("pointermove", (event) => {
    const held = card.classList.contains("picture--held");
    const target = held && cardUnder(list, card, event.clientX, event.clientY);
    if (target) {
      move(list, card, target);
      grip.setPointerCapture(event.pointerId); // moving the card in the page lets go of it
    }
  });
  const drop = () => card.classList.remove("picture--held");
  grip.addEventListener("pointerup", drop);
  grip.addEventListener("pointercancel", drop);
}

function step(list, card, grip) {
  grip.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    const all = cards(list);
    const target = by && all[all.indexOf(card) + by];
    if (by) event.preventDefault();
    if (target) {
      move(list, card, target);
      grip.focus();
    }
  });
}

document.addEventListener("DOMContentLoaded", () => {
  for (const list of document.querySelectorAll("[data-sortable]")) {
    if (cards(list).length < 2) continue;
    for (const card of cards(list)) {
      const grip = document.createElement("button");
      grip.type = "button";
      grip.className = "picture__grip";
      grip.textContent = "⠿";
      grip.setAttribute("aria-label", list.dataset.move);
      card.prepend(grip);
      drag(list, card, grip);
      step(list, card, grip);
    }
  }
});
