// How much room the browser has for this tablet's data, and whether it promises to keep it.

const LITTLE_BYTES = 300e6;

// {used, left, isLittle, isPersistent} in bytes; `left` is null where the browser does not tell.
export async function storageFacts() {
  const { storage } = navigator;
  const [found, isPersistent] = await Promise.all([
    storage?.estimate?.().catch(() => null) ?? null,
    storage?.persisted?.().catch(() => false) ?? false,
  ]);
  if (!found?.quota) return { used: found?.usage ?? 0, left: null, isLittle: false, isPersistent };
  const left = Math.max(0, found.quota - found.usage);
  return { used: found.usage, left, isLittle: left < LITTLE_BYTES, isPersistent };
}

// Whether the browser promises not to clear this data by itself when the device runs out of room. Some ask the person, some decide by how
// the app is used (installed, bookmarked), so it is worth asking again at every start.
export async function askToPersist() {
  const { storage } = navigator;
  if (!storage?.persist) return false;
  if (await storage.persisted()) return true;
  return storage.persist().catch(() => false);
}
