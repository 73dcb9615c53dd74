// Making this tablet known to the server: who works on it and what of theirs waits on it, so that a coordinator sees it and can revoke it.
// The server makes the keys of the person's visits at the same time, to which the data key is sealed (see vault.js).

// Nothing, once the server knows.
export async function register(contact, store, addresses) {
  const cards = await store.interviews();
  const waiting = {
    n_drafts: cards.filter(({ state }) => state === "draft" || state === "awaiting").length,
    n_unsent: cards.filter(({ state }) => ["finished", "refused", "conflict"].includes(state)).length,
  };
  await contact.post(addresses.devices, { device_id: await store.deviceId(), name: deviceName(), waiting });
}

// What people recognise the tablet by, as far as a browser tells.
function deviceName() {
  const platform = navigator.userAgentData?.platform || navigator.platform || "";
  const { width, height } = window.screen;
  return `${platform} ${Math.max(width, height)}×${Math.min(width, height)}`.trim();
}
