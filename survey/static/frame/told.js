// The list of what is wrong in a form takes the focus, so that a screen reader begins with it. An address that leads to a part of the page
// leads the focus there when everything is loaded, so that it is taken only after that.

const list = document.querySelector(".error-summary");

if (document.readyState === "complete") list?.focus();
else window.addEventListener("load", () => setTimeout(() => list?.focus()));
