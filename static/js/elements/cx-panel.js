// <cx-panel>: wraps a list. A plain click on a link with data-open="REF" shows the record beside the list, under ?open=REF;
// a click with ctrl, cmd, shift or the middle button opens the page itself, as does every click without JavaScript.

class Panel extends HTMLElement {
  connectedCallback() {
    this.panel = document.getElementById("panel");
    this.listening = new AbortController();
    const until = { signal: this.listening.signal };
    this.addEventListener("click", (event) => this.#open(event), until);
    this.panel.addEventListener("click", (event) => this.#close(event), until);
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented && this.reference && !document.querySelector("dialog[open]")) this.#leave();
    }, until);
    window.addEventListener("popstate", () => this.#show(), until);
    this.#mark();
  }

  disconnectedCallback() {
    this.listening.abort();
  }

  get reference() {
    return new URLSearchParams(window.location.search).get("open");
  }

  #open(event) {
    const link = event.target.closest("a[data-open]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button) return;
    event.preventDefault();
    this.#push(link.dataset.open);
    this.#show();
  }

  #close(event) {
    if (!event.target.closest("[data-close]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#leave();
  }

  #leave() {
    const before = this.reference;
    this.#push(null);
    this.#show();
    this.querySelector(`[data-open="${CSS.escape(before)}"]`)?.focus();
  }

  #push(reference) {
    const url = new URL(window.location);
    if (reference) url.searchParams.set("open", reference);
    else url.searchParams.delete("open");
    window.history.pushState({}, "", url);
  }

  async #show() {
    this.#mark();
    if (!this.reference) return this.panel.replaceChildren();
    await window.htmx.ajax("GET", window.location.href, { target: "#panel", swap: "innerHTML" });
    this.panel.querySelector("h2")?.focus();
  }

  #mark() {
    for (const row of this.querySelectorAll("[data-current]")) delete row.dataset.current;
    const link = this.reference && this.querySelector(`[data-open="${CSS.escape(this.reference)}"]`);
    const row = link?.closest("tr, li");
    if (row) row.dataset.current = "";
  }
}

customElements.define("cx-panel", Panel);
