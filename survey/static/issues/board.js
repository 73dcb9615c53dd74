// The arrow keys lead from card to card: up and down within a state, left and right to the next state that has one.

const board = document.querySelector("[data-board-keys]");

board?.addEventListener("keydown", (event) => {
  const link = event.target.closest(".board-card a");
  if (!link || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const columns = [...board.querySelectorAll(".board-cards")].map((cards) => [...cards.querySelectorAll("a")]);
  const x = columns.findIndex((cards) => cards.includes(link));
  const y = columns[x].indexOf(link);
  const next = {
    ArrowUp: () => columns[x][y - 1],
    ArrowDown: () => columns[x][y + 1],
    ArrowLeft: () => nearest(columns[x - 1], y),
    ArrowRight: () => nearest(columns[x + 1], y),
    Home: () => columns[x][0],
    End: () => columns[x].at(-1),
  }[event.key]?.();
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
});

function nearest(cards, y) {
  return cards && cards[Math.min(y, cards.length - 1)];
}
