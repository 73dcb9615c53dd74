// Says that a dataset is being made while it is, and saves it when it comes; without this script the browser's own download does.

const form = document.querySelector("form[data-dataset]");
const told = form?.querySelector("[role=status]");

function nameOf(response) {
  const header = response.headers.get("Content-Disposition") ?? "";
  return /filename="?([^";]+)"?/.exec(header)?.[1] ?? "dataset.zip";
}

async function save(response) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = nameOf(response);
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (form.hasAttribute("aria-busy")) return;
  form.setAttribute("aria-busy", "true");
  told.textContent = form.dataset.busy;
  try {
    const response = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
    if (response.headers.get("Content-Type")?.startsWith("application/zip")) {
      await save(response);
      told.textContent = form.dataset.done;
    } else if (response.redirected) {
      location.assign(response.url);
    } else {
      // A page says what is wrong: sending the form the plain way shows it.
      form.submit();
    }
  } catch {
    told.textContent = form.dataset.failed;
  } finally {
    form.removeAttribute("aria-busy");
  }
});
