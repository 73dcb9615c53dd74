// Recording where the interview is held: the best of the positions that the device finds within half a minute.

const GOOD_ENOUGH_M = 8;
const LONGEST_SEARCH_MS = 30000;

export function bindPosition(element, item, page) {
  const record = element.querySelector("[data-position=record]");
  const clear = element.querySelector("[data-position=clear]");
  const shown = element.querySelector(".position-shown");
  const input = element.querySelector("input");
  let search = null;

  const show = () => {
    if (search) return;
    const [latitude, longitude, , accuracy] = item.value.split(" ");
    const values = { latitude: rounded(latitude), longitude: rounded(longitude), accuracy: Math.round(Number(accuracy)) };
    shown.textContent = !item.value ? "" : page.word(Number(accuracy) > 0 ? "position_shown" : "position_shown_bare", values);
    shown.classList.toggle("answered", item.value !== "");
    record.textContent = page.word(item.value ? "record_again" : "record_position");
    clear.hidden = item.value === "";
    if (document.activeElement !== input) input.value = item.raw;
  };
  const stop = () => {
    if (!search) return;
    navigator.geolocation.clearWatch(search.watch);
    clearTimeout(search.timer);
    search = null;
    show();
  };
  const refuse = (key) => {
    stop();
    shown.classList.remove("answered");
    shown.textContent = page.word(key);
    element.querySelector("details").open = true;
  };
  const take = ({ coords }) => {
    if (!search || (search.best !== null && coords.accuracy >= search.best)) return;
    search.best = coords.accuracy;
    const parts = [coords.latitude, coords.longitude, coords.altitude ?? 0, coords.accuracy];
    page.set(item, parts.map((part) => String(Math.round(part * 1e7) / 1e7)).join(" "));
    shown.textContent = page.word("position_searching", { accuracy: Math.round(coords.accuracy) });
    record.textContent = page.word("position_stop");
    if (coords.accuracy <= GOOD_ENOUGH_M) stop();
  };
  const fail = (error) => {
    if (!search || search.best !== null) return;
    refuse(
      error.code === error.PERMISSION_DENIED ? (window.isSecureContext ? "position_denied" : "position_insecure") : "position_unavailable",
    );
  };

  record.addEventListener("click", () => {
    if (search) {
      stop();
      return;
    }
    if (!navigator.geolocation) {
      refuse("position_unavailable");
      return;
    }
    shown.textContent = page.word("position_waiting");
    search = {
      best: null,
      watch: 0,
      timer: setTimeout(() => (search.best === null ? refuse("position_unavailable") : stop()), LONGEST_SEARCH_MS),
    };
    search.watch = navigator.geolocation.watchPosition(take, fail, { enableHighAccuracy: true, timeout: LONGEST_SEARCH_MS, maximumAge: 0 });
  });
  clear.addEventListener("click", () => {
    stop();
    page.set(item, "");
    input.value = "";
    show();
  });
  input.addEventListener("input", () =>
    page.set(
      item,
      input.value
        .normalize("NFKC")
        .trim()
        .split(/[\s,，]+/)
        .filter(Boolean)
        .join(" "),
    ),
  );
  return { show };
}

function rounded(text) {
  return Number(text).toFixed(5);
}
