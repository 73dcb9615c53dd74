// Sends a form of filters as soon as one of them changes; without this script its button does. Who chooses by arrow keys passes over other
// choices on the way to theirs, so for them the button sends it, too.

for (const form of document.querySelectorAll("form[data-sends-itself]")) {
  let isByKeys = false;
  form.addEventListener("keydown", () => {
    isByKeys = true;
  });
  form.addEventListener("pointerdown", () => {
    isByKeys = false;
  });
  form.addEventListener("change", (event) => {
    if (event.target instanceof HTMLSelectElement) {
      forgetNarrower(form, event.target.name);
      if (!isByKeys) form.requestSubmit();
    }
  });
  // Fields without a choice would only make the address long.
  form.addEventListener("formdata", (event) => {
    for (const [name, value] of [...event.formData]) {
      if (value === "") event.formData.delete(name);
    }
  });
}

// Another visit has other counties, villages and pairs; another county has other villages.
function forgetNarrower(form, name) {
  const narrower = { visit: ["county", "village", "pair", "interviewer"], county: ["village"] };
  for (const each of narrower[name] ?? []) {
    const field = form.elements.namedItem(each);
    if (field) field.value = "";
  }
}
