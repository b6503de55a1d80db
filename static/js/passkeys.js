/* What passkeys need beside allauth's scripts: no buttons where they do not work, and a word when they fail. */

if (!window.PublicKeyCredential) {
  for (const way of document.querySelectorAll("[data-passkey]")) way.hidden = true;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const trouble = document.querySelector("[data-passkey-trouble]");
  trouble.className = "notice notice-error";
  trouble.hidden = false;
  trouble.scrollIntoView({ block: "nearest" });
});
