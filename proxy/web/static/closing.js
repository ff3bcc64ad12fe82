// A button that closes the small window it is in; in a tab of its own, browsers do not allow it.

for (const button of document.querySelectorAll("[data-close]")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    window.close();
    setTimeout(() => { location.href = "/snapshots"; }, 300);
  });
}
