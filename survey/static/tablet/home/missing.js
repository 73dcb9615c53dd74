// What should be on this device and is not; what the server has confirmed meanwhile is missed by nobody.

export async function evicted(store) {
  return (await store.missing()).filter((each) => each.state !== "sent");
}
