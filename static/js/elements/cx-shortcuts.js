// <cx-shortcuts>: holds the keyboard map in a <dialog>. Its links with data-keys ("g h", "c") are the shortcuts.

const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");

class Shortcuts extends HTMLElement {
  #before = "";
  #timer;

  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    document.addEventListener("keydown", this);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
  }

  handleEvent(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
    if (event.key === "/") this.#search(event);
    else if (event.key === "?") this.#map(event);
    else if (!document.querySelector("dialog[open]")) this.#go(event);
  }

  #search(event) {
    const field = document.getElementById("search");
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.select();
  }

  #map(event) {
    event.preventDefault();
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }

  #go(event) {
    const keys = `${this.#before} ${event.key}`.trim();
    clearTimeout(this.#timer);
    const link = [...this.querySelectorAll("[data-keys]")].find(({ dataset }) => dataset.keys === keys || dataset.keys === event.key);
    this.#before = event.key === "g" ? "g" : "";
    this.#timer = setTimeout(() => (this.#before = ""), 1500);
    if (link) window.location.assign(link.href);
  }
}

customElements.define("cx-shortcuts", Shortcuts);
