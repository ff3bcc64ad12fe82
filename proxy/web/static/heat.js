// The heat map of a course told cell by cell: who, which notebook, how often. Without it the map is
// a picture, and the numbers are in its file.

const map = document.querySelector("[data-heat]");
if (map) follow(map);

function follow(map) {
  const part = (name) => map.querySelector(`[data-part=${name}]`);
  const [cells, mark, told] = ["cells", "mark", "told"].map(part);
  const columns = map.dataset.columns.split(",").map(Number);
  const rows = Number(map.dataset.rows);
  let numbers;
  let wanted;

  function find(event) {
    const box = cells.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * columns.length);
    const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
    const isInside = column >= 0 && column < columns.length && row >= 0 && row < rows;
    return isInside ? { column, row } : undefined;
  }

  // Asked for once, and only by who looks closer.
  async function load() {
    numbers ??= fetch(map.dataset.heat, { headers: { Accept: "application/json" } }).then((answer) =>
      answer.ok ? answer.json() : Promise.reject(new Error(answer.statusText)),
    );
    return numbers;
  }

  function place({ column, row }) {
    const [width, height] = ["width", "height"].map((name) => Number(mark.getAttribute(name)));
    mark.setAttribute("x", Number(cells.getAttribute("x")) + column * width);
    mark.setAttribute("y", Number(cells.getAttribute("y")) + row * height);
  }

  async function tell(event) {
    const cell = find(event);
    wanted = cell;
    if (!cell) return;
    place(cell);
    let found;
    try {
      found = await load();
    } catch {
      numbers = undefined;
      told.textContent = "The numbers cannot be read just now. Try again in a moment.";
      return;
    }
    if (wanted !== cell) return;
    const { name } = found.students[cell.row];
    const at = columns[cell.column];
    const times = found.matrix[cell.row][at];
    const said = times === 0 ? "not opened" : times === 1 ? "opened once" : `opened ${times} times`;
    told.textContent = `${name} · ${cell.column + 1}. ${found.notebooks[at].notebook}: ${said}`;
  }

  told.textContent = "Point at a cell, or tap it, to read who opened what.";
  told.hidden = false;
  map.addEventListener("pointermove", tell);
  map.addEventListener("pointerdown", tell);
}
