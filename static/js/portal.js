/* What makes pages nicer where scripts run. Every page works without it. */

// An error summary takes the focus, so that it is heard and seen first.
document.querySelector("[data-error-summary]")?.focus();

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
