// Opens the part of a page that a link leads to, and everything for print where a browser keeps it shut.
(function () {
  "use strict";
  const shut = () => document.querySelectorAll("details:not([open])");
  function reveal() {
    const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (!target) return;
    for (let part = target; part; part = part.parentElement) if (part.tagName === "DETAILS") part.open = true;
    target.scrollIntoView();
  }
  let opened = [];
  window.addEventListener("hashchange", reveal);
  window.addEventListener("beforeprint", () => {
    opened = [...shut()].filter((part) => part.classList.contains("part"));
    for (const part of opened) part.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const part of opened) part.open = false;
  });
  reveal();
})();
