// Says that a draft is being made while it is, and fetches the new draft when its page opens; without this script the links do.

for (const form of document.querySelectorAll("form[data-takes-a-while]")) {
  form.addEventListener("submit", (event) => {
    if (form.hasAttribute("aria-busy")) {
      event.preventDefault();
      return;
    }
    form.setAttribute("aria-busy", "true");
    const button = event.submitter;
    if (!button) return;
    button.dataset.label = button.textContent;
    button.textContent = form.dataset.takesAWhile;
    // A button that changes its words says nothing, and a region speaks once it is there and changes.
    const told = Object.assign(document.createElement("p"), { className: "visually-hidden", role: "status" });
    form.append(told);
    setTimeout(() => told.append(form.dataset.takesAWhile), 100);
  });
}

// A page that comes back from the browser's memory is not waiting any longer.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) {
    form.removeAttribute("aria-busy");
    form.querySelector(":scope > .visually-hidden[role=status]")?.remove();
    for (const button of form.querySelectorAll("[data-label]")) button.textContent = button.dataset.label;
  }
});

const fetched = document.querySelector("a[data-fetch-at-once]");
if (fetched) {
  // Reloading the page must not fetch the draft again.
  history.replaceState(null, "", location.pathname);
  fetched.click();
}
