/* What script adds: protected values leave the page with the person, and after a minute by
   themselves; a tick box for a whole group. Everything works without it. */
(() => {
  "use strict";
  const SHOWN_MS = 60_000;
  const wipe = (root) => {
    for (const one of root.querySelectorAll("[data-protected]")) {
      one.textContent = "hidden again";
      one.removeAttribute("data-protected");
      one.classList.add("muted");
    }
  };
  const watch = (root) => {
    if (root.querySelector && root.querySelector("[data-protected]")) {
      setTimeout(() => wipe(root), SHOWN_MS);
    }
  };
  addEventListener("pagehide", () => wipe(document));
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // from the back-forward cache: ask the house again
  });
  document.addEventListener("htmx:after:swap", () => watch(document));
  document.addEventListener("change", (event) => {
    const box = event.target;
    if (!(box instanceof HTMLInputElement) || !box.dataset.all) return;
    for (const one of document.querySelectorAll(`input[data-of="${CSS.escape(box.dataset.all)}"]`)) {
      one.checked = box.checked;
    }
  });
  watch(document);
})();
