// Buttons that copy the field beside them; without a script the field can be selected.

for (const button of document.querySelectorAll("button[data-copies]")) {
  button.hidden = false;
  const word = button.textContent;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copies);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // over plain http browsers offer no other way
    }
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = word; }, 2000);
  });
}
