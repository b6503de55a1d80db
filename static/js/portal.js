/* What makes pages nicer where scripts run. Every page works without it. */

// An error summary takes the focus, so that it is heard and seen first.
document.querySelector("[data-error-summary]")?.focus();

// So does what has just been done, unless the address or a form says where to go on.
if (!location.hash && !document.querySelector("[data-error-summary], [autofocus]")) {
  document.querySelector("[data-message]")?.focus({ preventScroll: true });
}

// How many characters are left, where there is a limit.
for (const field of document.querySelectorAll("[data-limit]")) {
  const limit = Number(field.dataset.limit);
  const counter = document.createElement("div");
  counter.className = "counter";
  const show = () => {
    const used = field.value.length;
    counter.hidden = used < limit * 0.8;
    counter.textContent = `${used} / ${limit}`;
    counter.classList.toggle("over", used > limit);
  };
  field.after(counter);
  field.addEventListener("input", show);
  show();
}

// The memo's preview follows what is written, a moment after the last key.
const preview = document.querySelector("[data-preview]");
if (preview) {
  let wait;
  preview.form.addEventListener("input", () => {
    clearTimeout(wait);
    wait = setTimeout(() => preview.form.requestSubmit(preview), 800);
  });
}

// Leaving a form with changes asks first.
const form = document.querySelector("[data-record-form]");
if (form) {
  let changed = form.hasAttribute("data-unsaved");
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", (event) => {
    if (event.submitter !== preview) changed = false;
  });
  addEventListener("beforeunload", (event) => changed && event.preventDefault());
}

// A check of many rows goes on by itself, some rows at a time.
document.querySelector("form[data-go-on]")?.requestSubmit();

// Work in the background is followed: what tells of it is fetched anew as long as it goes on, but for what has the focus.
// That is nothing the user does, so it keeps nobody logged in; who is logged out by then is led to the page that says so.
const follow = async () => {
  const how = { headers: { "X-Asks-Itself": "1" }, redirect: "manual" };
  const answer = document.hidden ? null : await fetch(location.href, how).catch(() => null);
  if (answer?.type === "opaqueredirect") return location.reload();
  if (answer?.ok) {
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const part of document.querySelectorAll("[data-follow]")) {
      const now = fresh.getElementById(part.id);
      if (now && !part.contains(document.activeElement)) part.replaceChildren(...now.childNodes);
    }
    if (!fresh.querySelector("[data-going-on]")) return;
  }
  setTimeout(follow, 2000);
};
if (document.querySelector("[data-going-on]")) setTimeout(follow, 2000);

// What takes a moment says so, and is sent once.
for (const slow of document.querySelectorAll("form[data-busy]")) {
  slow.addEventListener("submit", (event) => {
    if (["gem", "start"].includes(event.submitter?.name)) event.submitter.textContent = slow.dataset.busy;
    setTimeout(() => slow.querySelectorAll("button").forEach((button) => (button.disabled = true)));
  });
}

// The key / leads to the search from everywhere but a field one writes in.
const search = document.querySelector("[data-search]");
addEventListener("keydown", (event) => {
  const writing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || writing || event.ctrlKey || event.metaKey || event.altKey || !search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// A button copies a part of the page with its formatting, and as plain text where nothing else is taken.
for (const button of document.querySelectorAll("[data-copy-formatted]")) {
  button.hidden = !navigator.clipboard?.write;
  button.addEventListener("click", () => {
    const part = document.getElementById(button.dataset.copyFormatted);
    const as = (type, text) => [type, new Blob([text], { type })];
    const both = Object.fromEntries([as("text/html", part.innerHTML.trim()), as("text/plain", part.innerText.trim())]);
    navigator.clipboard.write([new ClipboardItem(both)]).then(() => (button.lastChild.textContent = ` ${button.dataset.copied}`));
  });
}

// A button copies the text of a field.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    navigator.clipboard?.writeText(field.value).then(() => (button.textContent = button.dataset.copied));
  });
}
