/* Keeps what is typed into a record's form in this browser until it is saved. When the session has run out, or the
   browser was closed, the form offers it on the next opening: to the user who wrote it, and to nobody else. */

const PREFIX = "draft:";
const SENT = "draft-sent";
const LEFT = "logged-out";
const LIFETIME = 14 * 24 * 60 * 60 * 1000;

// The tab's own store comes first: two tabs may write in the same form. A browser may forbid both.
const stores = ["sessionStorage", "localStorage"].flatMap((name) => {
  try {
    return [window[name]];
  } catch {
    return [];
  }
});

function read(store, key) {
  try {
    return JSON.parse(store.getItem(key));
  } catch {
    return null;
  }
}

function write(store, key, value) {
  try {
    store.setItem(key, JSON.stringify(value));
  } catch {
    // the store is full: the form works all the same
  }
}

function forget(key) {
  for (const store of stores) store.removeItem(key);
}

const user = document.body.dataset.user;
const form = document.querySelector("[data-record-form]");

// What came of the form that this tab sent last: saved; or, on a page about an expired session, still to be saved.
const sent = stores.length ? read(stores[0], SENT) : null;
if (sent) {
  if (user) stores[0].removeItem(SENT);
  if (user && document.querySelector(".notice-success")) forget(sent);
  for (const note of document.querySelectorAll("[data-draft-kept]")) note.hidden = false;
  for (const note of document.querySelectorAll("[data-draft-lost]")) note.hidden = true;
}

for (const store of stores) {
  for (const key of Object.keys(store).filter((each) => each.startsWith(PREFIX))) {
    if (!(Date.now() - (read(store, key)?.at ?? 0) < LIFETIME)) store.removeItem(key);
  }
}

function typed() {
  const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  return fields.filter(([name]) => name !== "csrfmiddlewaretoken" && !name.startsWith("choose-"));
}

// The version that the text was written on is kept with it, but by itself it is nothing that anybody has typed.
const same = (some, others) => {
  const words = (fields) => JSON.stringify(fields.filter(([name]) => name !== "version"));
  return words(some) === words(others);
};

function fill(fields) {
  for (const element of form.elements) {
    const values = fields.filter(([name]) => name === element.name).map(([, value]) => value);
    if (!element.name || element.name === "csrfmiddlewaretoken" || ["submit", "file"].includes(element.type)) continue;
    if (["checkbox", "radio"].includes(element.type)) element.checked = values.includes(element.value);
    else if (element.multiple) for (const each of element.options) each.selected = values.includes(each.value);
    else if (!element.options || [...element.options].some((each) => each.value === values[0])) {
      element.value = values[0] ?? element.value;
    }
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function watch() {
  const key = `${PREFIX}${user}:${location.pathname}`;
  const unsaved = form.hasAttribute("data-unsaved");
  const opened = typed();
  let dirty = unsaved;
  let wait;

  const offers = unsaved ? [] : stores.map((store) => read(store, key)).filter((each) => each && !same(each.fields, opened));
  if (offers.length > 1 && same(offers[0].fields, offers[1].fields)) offers.pop();

  function keep() {
    if (!dirty) return;
    dirty = false;
    // until the user has chosen, an offered text stays where it is
    const targets = offers.length ? stores.slice(0, 1) : stores;
    if (!unsaved && !offers.length && same(typed(), opened)) forget(key);
    else for (const store of targets) write(store, key, { at: Date.now(), fields: typed() });
  }

  function offer() {
    if (!offers.length) return;
    const [{ at, fields }] = offers;
    const notice = document.querySelector("template[data-draft]").content.firstElementChild.cloneNode(true);
    const style = { dateStyle: "long", timeStyle: "short" };
    notice.querySelector("time").textContent = new Date(at).toLocaleString(document.documentElement.lang, style);
    notice.addEventListener("click", (event) => {
      const choice = event.target.closest("button")?.value;
      if (!choice) return;
      offers.shift();
      notice.remove();
      if (choice === "discard" && !offers.length) forget(key);
      dirty = true;
      if (choice === "fetch") fill(fields);
      keep();
      offer();
      form.querySelector("input:not([type=hidden]), select, textarea")?.focus();
    });
    form.prepend(notice);
  }

  form.addEventListener("input", () => {
    dirty = true;
    clearTimeout(wait);
    wait = setTimeout(keep, 400);
  });
  form.addEventListener("submit", (event) => {
    keep();
    if (!event.submitter?.formTarget && stores.length) write(stores[0], SENT, key);
  });
  addEventListener("pagehide", keep);
  keep();
  offer();
}

/* Whoever logs out wants nothing kept here. The answer's Clear-Site-Data does the same, but may never arrive; and it
   leaves what other tabs hold for themselves. */
function forgetAll() {
  for (const store of stores) {
    for (const key of Object.keys(store).filter((each) => each.startsWith(PREFIX) || each === SENT)) store.removeItem(key);
  }
}

for (const leaving of document.querySelectorAll("[data-log-out]")) {
  leaving.addEventListener("submit", () => {
    forgetAll();
    if (stores.length > 1) {
      stores[1].setItem(LEFT, String(Date.now()));
      stores[1].removeItem(LEFT);
    }
  });
}
addEventListener("storage", (event) => {
  if (event.key === LEFT && event.newValue) forgetAll();
});

if (user && form && stores.length) watch();
