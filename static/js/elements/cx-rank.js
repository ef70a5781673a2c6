// <cx-rank>: wraps an <ol class="rank"> whose <li data-id> hold a hidden field `order`; the fields' order is the list's order.
// Without JavaScript the buttons "up" and "down" are sent to the server. With it they, the arrow keys on the handle and dragging
// move the row at once; the element then fires "cx-rank:moved" (bubbling), for a form that shows its Save button or asks for a reason.

class Rank extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ol");
    this.said = this.appendChild(Object.assign(document.createElement("p"), { className: "hidden-visually", role: "status" }));
    this.addEventListener("click", (event) => this.#press(event));
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("pointerdown", (event) => this.#lift(event));
  }

  #press(event) {
    const button = event.target.closest(".rank-move");
    if (!button) return;
    event.preventDefault();
    const row = button.closest("li");
    this.#step(row, button.value.endsWith(":up") ? -1 : 1);
    // At the end of the list the pressed button disappears; the other one takes the focus.
    if (getComputedStyle(button).visibility === "hidden") row.querySelector(".rank-handle").focus();
    else button.focus();
  }

  #key(event) {
    if (!event.target.closest(".rank-handle")) return;
    const row = event.target.closest("li");
    const rows = [...this.list.children];
    const steps = { ArrowUp: -1, ArrowDown: 1, Home: -rows.indexOf(row), End: rows.length - 1 - rows.indexOf(row) }[event.key];
    if (steps === undefined) return;
    event.preventDefault();
    this.#step(row, steps);
    event.target.closest(".rank-handle").focus();
  }

  #step(row, steps) {
    const rows = [...this.list.children];
    const from = rows.indexOf(row);
    const to = Math.max(0, Math.min(rows.length - 1, from + steps));
    if (to === from) return;
    if (to < from) rows[to].before(row);
    else rows[to].after(row);
    this.#tell(row);
  }

  #lift(event) {
    const handle = event.target.closest(".rank-handle");
    if (!handle || event.button) return;
    const row = handle.closest("li");
    const before = row.nextElementSibling;
    handle.setPointerCapture(event.pointerId);
    row.dataset.dragged = "";
    const move = ({ clientY }) => {
      // The others move around the row: a row that left the document for an instant would lose the pointer.
      const others = [...this.list.children].filter((other) => other !== row);
      const follows = (other) => row.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING;
      const passed = (other) => {
        const { top, height } = other.getBoundingClientRect();
        return clientY > top + height / 2;
      };
      const rising = others.filter((other) => follows(other) && passed(other));
      const sinking = others.filter((other) => !follows(other) && !passed(other));
      row.before(...rising);
      row.after(...sinking);
      if (clientY < 60) window.scrollBy(0, -12);
      else if (clientY > window.innerHeight - 60) window.scrollBy(0, 12);
    };
    const drop = ({ type }) => {
      handle.removeEventListener("pointermove", move);
      delete row.dataset.dragged;
      if (type === "pointercancel") this.list.insertBefore(row, before);
      else if (row.nextElementSibling !== before) this.#tell(row);
    };
    handle.addEventListener("pointermove", move);
    for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, drop, { once: true });
  }

  #tell(row) {
    row.dataset.moved = "";
    const place = [...this.list.children].indexOf(row) + 1;
    this.said.textContent = `${place} / ${this.list.children.length}`;
    this.dispatchEvent(new CustomEvent("cx-rank:moved", { bubbles: true, detail: { id: row.dataset.id, place } }));
  }
}

customElements.define("cx-rank", Rank);
