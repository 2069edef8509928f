// Makes the tables of the overview searchable, filterable by conclusion and sortable by their columns. Without it, they
// are what they are.
(function () {
  "use strict";
  const form = document.getElementById("find");
  const tables = [...document.querySelectorAll("table.overview")];
  if (!form || !tables.length) return;
  const rows = tables.flatMap((table) => [...table.tBodies[0].rows].filter((row) => row.cells.length > 1));
  const original = new Map(tables.map((table) => [table, [...table.tBodies[0].rows]]));
  const [search, verdict] = [form.elements.words, form.elements.conclusion];
  const count = document.getElementById("found");
  const sorted = new Map(); // table -> [column, direction]

  const textOf = (row, column) => row.cells[column].textContent.trim();
  const numberOf = (row, column) => {
    const found = /^[<>]?\s*(-?[\d.]+)/.exec(textOf(row, column).replace(/,/g, ""));
    return found ? Number(found[1]) : null;
  };

  function show() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const table of tables) {
      let heading = null; // of a trial, shown while a row below it is
      for (const row of table.tBodies[0].rows) {
        if (row.cells.length === 1) {
          heading = row;
          heading.hidden = true;
          continue;
        }
        const text = `${row.textContent} ${heading ? heading.textContent : row.dataset.group || ""}`.toLowerCase();
        const last = textOf(row, row.cells.length - 1);
        row.hidden = !(words.every((word) => text.includes(word)) && (!verdict.value || last === verdict.value));
        shown += row.hidden ? 0 : 1;
        if (!row.hidden && heading) heading.hidden = false;
      }
    }
    count.textContent = `${shown} of ${rows.length} shown`;
  }

  function sort(table, column) {
    const [before, direction] = sorted.get(table) || [null, 0];
    const next = before === column ? (direction === -1 ? 1 : 0) : -1; // falling, rising, as it was
    sorted.set(table, next ? [column, next] : [null, 0]);
    const body = table.tBodies[0];
    if (!next) body.append(...original.get(table));
    else {
      let group = "";
      for (const row of original.get(table)) {
        if (row.cells.length === 1) group = row.textContent;
        else row.dataset.group = group;
      }
      const own = original.get(table).filter((row) => row.cells.length > 1);
      const numeric = own.some((row) => numberOf(row, column) !== null);
      own.sort((a, b) => {
        if (!numeric) return -next * textOf(a, column).localeCompare(textOf(b, column));
        const [x, y] = [numberOf(a, column), numberOf(b, column)];
        return x === null || y === null ? (x === null) - (y === null) : next * (x - y);
      });
      body.replaceChildren(...own);
    }
    [...table.tHead.rows[0].cells].forEach((cell, i) => {
      cell.setAttribute("aria-sort", next && i === column ? (next > 0 ? "ascending" : "descending") : "none");
    });
    show();
  }

  for (const table of tables) {
    [...table.tHead.rows[0].cells].forEach((cell, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...cell.childNodes);
      button.addEventListener("click", () => sort(table, column));
      cell.append(button);
    });
  }
  form.hidden = false;
  form.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  show();
})();
