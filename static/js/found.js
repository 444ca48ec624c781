// The result page on its way: what is new takes the place of what was there, and what went wrong is said.

const waiting = (text) => text.match(/data-waiting="(\w+)"/)?.[1];
const toast = document.querySelector("[data-toast]");
const say = (what) => { toast.textContent = what ? toast.dataset[what] : ""; };

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const { xhr, serverResponse } = detail;
  const before = document.querySelector("[data-waiting]")?.dataset.waiting;
  say("");
  if (before && xhr.status === 200 && waiting(serverResponse) === before) detail.shouldSwap = false; // nothing new
  else if (xhr.status === 404) location.reload(); // forgotten meanwhile: the whole page says so
  else if (xhr.status >= 400 && xhr.status < 500 && serverResponse.includes('id="found"')) {
    detail.shouldSwap = true; // a page that says what is wrong
    detail.isError = false;
  }
});
document.addEventListener("htmx:sendError", () => say(navigator.onLine ? "failed" : "offline"));
document.addEventListener("htmx:responseError", () => say("failed"));
addEventListener("offline", () => say("offline"));
addEventListener("online", () => say(""));
