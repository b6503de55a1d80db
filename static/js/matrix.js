/* The matrix: arrow keys move between its fields, and a field's form opens in a dialog. Without it each form is a page. */

const holder = document.querySelector("#matrix");
const dialog = document.querySelector("[data-cell-dialog]");

const print = document.querySelector("[data-print]");
if (print) {
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

holder.addEventListener("keydown", (event) => {
  const cell = event.target.closest("[data-cell]");
  const move = MOVES[event.key];
  if (!cell || !move || event.altKey || event.ctrlKey || event.metaKey) return;
  const column = cell.closest("td").cellIndex;
  const row = cell.closest("tr");
  const rows = [...row.parentElement.rows];
  const target = rows[rows.indexOf(row) + move[0]]?.cells[column + move[1]]?.querySelector("[data-cell]");
  event.preventDefault();
  target?.focus();
});

let opened = "";

holder.addEventListener("click", async (event) => {
  const cell = event.target.closest("[data-cell]");
  if (!cell || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  opened = cell.id;
  try {
    const response = await fetch(cell.href, { headers: { "X-Dialog": "1" } });
    const page = parsed(await response.text());
    if (!page.querySelector("[data-cell-form]")) throw new Error("no form");
    show(page);
    dialog.showModal();
    dialog.querySelector(":checked")?.focus();
  } catch {
    location.assign(cell.href); // the page says what is the matter: logged out, gone, no network
  }
});

dialog?.addEventListener("click", (event) => {
  if (event.target.closest("[data-cell-close]")) {
    event.preventDefault();
    dialog.close();
  }
});

dialog?.addEventListener("close", () => {
  dialog.replaceChildren();
  document.getElementById(opened)?.focus();
});

dialog?.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  let page;
  try {
    const body = new FormData(form, event.submitter);
    const response = await fetch(form.action, { method: "POST", body, headers: { "X-Dialog": "1" } });
    page = parsed(await response.text());
  } catch {
    form.submit(); // the browser's own way, with its own words about what failed
    return;
  }
  const matrix = page.querySelector("#matrix");
  if (matrix) {
    holder.replaceChildren(...matrix.childNodes);
    const said = page.querySelector("[aria-live]");
    document.querySelector("[aria-live]").replaceChildren(...said.childNodes);
    dialog.close();
  } else if (page.querySelector("[data-cell-form]")) {
    show(page);
    dialog.querySelector("[data-error-summary]")?.focus();
  } else {
    form.submit();
  }
});

function parsed(text) {
  return new DOMParser().parseFromString(text, "text/html");
}

function show(page) {
  dialog.replaceChildren(page.querySelector("[data-cell-form]"));
}
