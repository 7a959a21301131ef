"use strict";
// Shows the note of what is pointed at or focused; without script the links lead to the same notes below.
(() => {
  const card = document.getElementById("card");
  const show = (key) => {
    const note = document.getElementById("note-" + key);
    if (!note) return;
    card.replaceChildren(...[...note.childNodes].filter((n) => n.nodeName !== "P").map((n) => n.cloneNode(true)));
    const title = card.querySelector("h3");
    if (title) { const heading = document.createElement("h2"); heading.textContent = title.textContent; title.replaceWith(heading); }
    for (const old of document.querySelectorAll(".on")) old.classList.remove("on");
    for (const piece of document.querySelectorAll('[data-k~="' + key + '"]')) piece.classList.add("on");
  };
  const listen = (event) => {
    const piece = event.target.closest ? event.target.closest("[data-n]") : null;
    if (piece) show(piece.dataset.n);
  };
  const text = document.getElementById("main");
  text.addEventListener("mouseover", listen);
  text.addEventListener("focusin", listen);
})();
