/* What passkeys need beside allauth's scripts: buttons that show where they work, and a word when they do not. */

if (window.PublicKeyCredential) {
  for (const way of document.querySelectorAll("[data-passkey]")) way.hidden = false;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const trouble = document.querySelector("[data-passkey-trouble]");
  trouble.className = "notice notice-error";
  trouble.hidden = false;
  trouble.scrollIntoView({ block: "nearest" });
});
