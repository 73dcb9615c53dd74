// Making this tablet known to the server: who works on it and what of theirs waits on it, so that a coordinator sees it and can revoke it.
// The server makes the keys of the person's visits at the same time, to which the data key is sealed (see vault.js).

const KEY = "key for sending";

// Nothing, once requests can go by the key that this tablet was given, if it was; it lies sealed like everything else of the person.
export async function useKey(contact, store) {
  contact.key = (await store.kept(KEY)) || "";
}

// Nothing, once the server knows. Where this tablet has none, or one that ended or soon will, it gives a key with which it sends what is
// here when the sign-in has ended.
export async function register(contact, store, addresses) {
  const cards = await store.interviews();
  const waiting = {
    n_drafts: cards.filter(({ state }) => state === "draft" || state === "awaiting").length,
    n_unsent: cards.filter(({ state }) => ["finished", "refused", "conflict"].includes(state)).length,
  };
  const hasKey = Boolean(await store.kept(KEY));
  const told = await contact.post(addresses.devices, { device_id: await store.deviceId(), name: deviceName(), waiting, has_key: hasKey });
  if (!told.key) return;
  await store.keep(KEY, told.key);
  contact.key = told.key;
}

// What people recognise the tablet by, as far as a browser tells.
function deviceName() {
  const platform = navigator.userAgentData?.platform || navigator.platform || "";
  const { width, height } = window.screen;
  return `${platform} ${Math.max(width, height)}×${Math.min(width, height)}`.trim();
}
