/* How long a text is for each channel, while one writes. The server shows the same once the text is saved. */

for (const field of document.querySelectorAll("[data-lengths]")) {
  const rows = document.getElementById(field.dataset.lengths)?.querySelectorAll("[data-room]") ?? [];
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const show = () => {
    // browsers send a line break as two characters; it is kept, and counted, as one
    const used = [...field.value.replaceAll("\r\n", "\n")].length;
    for (const row of rows) {
      const over = used > Number(row.dataset.room);
      row.querySelector("[data-used]").textContent = number.format(used);
      row.querySelector("[data-word]").hidden = !over;
      row.toggleAttribute("data-over", over);
    }
  };
  field.addEventListener("input", show);
  show();
}
