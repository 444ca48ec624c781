{% load i18n static %}{% get_current_language as language %}// Keeps one page for the time without a connection, and does nothing else.
const NAME = "offline-2-{{ language }}"; // in another language this is another worker, with another page
const KEPT = [
  "{% url "offline" %}",
  "{% static "css/tokens.css" %}",
  "{% static "css/base.css" %}",
  "{% static "css/list.css" %}",
  "{% static "fonts/familjen-grotesk-latin-wght-normal.woff2" %}",{% if language == "vi" %}
  "{% static "fonts/familjen-grotesk-vietnamese-wght-normal.woff2" %}",{% endif %}
];

addEventListener("install", (event) => event.waitUntil(caches.open(NAME)
  .then((cache) => cache.addAll(KEPT)).then(() => skipWaiting())));
addEventListener("activate", (event) => event.waitUntil(Promise.all([
  registration.navigationPreload?.enable(),
  caches.keys().then((names) => names.filter((name) => name !== NAME).map((name) => caches.delete(name))),
])));
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(page(event));
  else if (KEPT.includes(new URL(request.url).pathname)) event.respondWith(fetch(request).catch(() => caches.match(request)));
});

async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request));
  } catch {
    return caches.match(KEPT[0]);
  }
}
