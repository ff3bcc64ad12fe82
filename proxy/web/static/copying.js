// Buttons that copy the field beside them; without a script the field can be selected. Pages that
// change in place may bring new ones, so none is looked up before it is pressed.

document.documentElement.classList.add("copies");

addEventListener("click", async ({ target }) => {
  const button = target.closest("button[data-copies]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copies);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy"); // over plain http browsers offer no other way
  }
  const word = button.dataset.word ??= button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = word; }, 2000);
});
