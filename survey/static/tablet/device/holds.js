// Keeps the key of the data while something is being recorded: the screen locks all the same, the key is forgotten when the last one ends.

const holds = new Set();
let onFree = null;

// A function that ends this hold.
export function holdKey() {
  const hold = {};
  holds.add(hold);
  return () => {
    holds.delete(hold);
    if (holds.size > 0) return;
    onFree?.();
    onFree = null;
  };
}

// Calls `act` when nothing holds the key, which may be at once. A later call takes the place of one that still waits.
export async function whenFree(act) {
  if (holds.size > 0) onFree = act;
  else await act();
}
