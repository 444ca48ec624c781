// While a search is still under way its page stays as it is: only an answer that says something new takes its place.

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.serverResponse.includes("data-waiting")) detail.shouldSwap = false;
  else if (detail.xhr.status === 404) location.reload(); // forgotten meanwhile: the whole page says so
});
