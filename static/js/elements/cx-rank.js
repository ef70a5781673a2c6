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
      const over = [...this.list.children].find((other) => {
        const box = other.getBoundingClientRect();
        return other !== row && clientY > box.top && clientY < box.bottom;
      });
      if (!over) return;
      const box = over.getBoundingClientRect();
      // Past the middle only, or two rows of different height would swap to and fro.
      if (row.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING) {
        if (clientY > box.top + box.height / 2) over.after(row);
      } else if (clientY < box.top + box.height / 2) over.before(row);
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
