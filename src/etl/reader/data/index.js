"use strict";
// Search over the stories of this folder: every word must be in the story. Plain text in, plain text compared.
(() => {
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const box = document.getElementById("q");
  const count = document.getElementById("count");
  const items = [...document.querySelectorAll(".stories li")];
  const texts = items.map((item) => fold(item.textContent + " " + (item.dataset.text || "")));
  const search = () => {
    const words = fold(box.value).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
    let shown = 0;
    items.forEach((item, at) => {
      item.hidden = !words.every((word) => texts[at].includes(word));
      if (!item.hidden) shown += 1;
    });
    count.textContent = shown + (shown === 1 ? " story" : " stories");
  };
  box.form.addEventListener("submit", (event) => event.preventDefault());
  box.addEventListener("input", search);
})();
