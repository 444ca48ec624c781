// A choice leaves the page where it is. Its link names the place to start from only where a whole page is loaded: without
// this, or before it came.

document.addEventListener("htmx:configRequest", ({ detail }) => { detail.path = detail.path.split("#")[0]; });
