// The list of what is wrong in a form takes the focus, so that a screen reader begins with it. Where the address leads to a part of the
// page, `autofocus` does not do that.

document.querySelector(".error-summary")?.focus();
