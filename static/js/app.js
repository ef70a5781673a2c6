// What every page needs: forms that are sent once, menus that close, and errors that are found.

// A second submit of the same form, while the first is under way, does nothing. The server has its own guard; this spares the wait.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = "true";
  event.submitter?.setAttribute("aria-busy", "true");
}, { capture: true });

function forgive(form) {
  delete form.dataset.sent;
  form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}
document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target.closest?.("form");
  if (form) forgive(form);
});
// A page that comes back from the browser's memory may be sent again.
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(forgive));

// Menus and acts that opened in place close by Escape and by a click elsewhere.
const open = () => document.querySelectorAll("details:is(.menu, .act)[open]");
document.addEventListener("click", (event) => {
  open().forEach((details) => details.contains(event.target) || (details.open = false));
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  open().forEach((details) => {
    details.open = false;
    details.querySelector("summary").focus();
    event.preventDefault();
  });
});

// After a refused form the reader starts at its summary, whether the page or a part of it came back.
const toSummary = (root) => root.querySelector?.("#summary")?.focus();
toSummary(document);
document.addEventListener("htmx:afterSwap", (event) => toSummary(event.target));

// A whole page that comes back for a part (the session has ended, or an act led elsewhere) is opened, not squeezed into the part.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!/^\s*<!doctype/i.test(detail.xhr.responseText.slice(0, 100))) return;
  detail.shouldSwap = false;
  window.location.assign(detail.xhr.responseURL);
});

// Nobody answered, or the server broke: say so above the page.
function say(id) {
  const words = document.getElementById(id);
  document.getElementById("notices")?.replaceChildren(words.content.cloneNode(true));
}
document.addEventListener("htmx:sendError", () => say("offline"));
document.addEventListener("htmx:responseError", ({ detail }) => detail.xhr.status >= 500 && say(detail.xhr.status === 503 ? detail.xhr.getResponseHeader("X-Unavailable") ?? "busy" : "broken"));
