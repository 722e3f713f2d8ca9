// Follows /live and lets the page fetch itself again when something changed; marks lamps that did.
"use strict";
(() => {
  const body = document.body;
  const connection = document.getElementById("connection");
  let turn = Number(document.documentElement.dataset.turn);
  let source = null;
  let again = 0;

  const connected = (on) => {
    connection.classList.toggle("on", on);
    connection.querySelector(".text").textContent = on ? connection.dataset.on : connection.dataset.off;
  };

  const changed = () => body.dispatchEvent(new CustomEvent("pacekeeper:changed"));

  const open = () => {
    clearTimeout(again);
    source = new EventSource("/live");
    let first = true;
    source.addEventListener("state", (event) => {
      connected(true);
      const seen = JSON.parse(event.data).turn;
      // After a reconnection the counter may be another process's: fetch once in any case.
      if (seen !== turn || (first && again)) changed();
      turn = seen;
      first = false;
      again = 0;
    });
    source.addEventListener("error", () => {
      connected(false);
      if (source.readyState === EventSource.CLOSED) {
        // Refused: should the session be over, the answer to a fetch leads to the sign-in.
        changed();
        again = setTimeout(open, 3000);
      } else again = again || -1;
    });
  };

  // A hidden tab gives its connection back: a browser has only six of them for one server.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      source.close();
    } else if (source.readyState === EventSource.CLOSED) {
      open();
    }
  });

  const lamps = () =>
    new Map([...document.querySelectorAll("[data-target][data-lamp]")].map((one) => [one.dataset.target, one.dataset]));

  let before = lamps();
  const mark = () => {
    const said = [];
    for (const one of document.querySelectorAll("[data-target][data-lamp]")) {
      const old = before.get(one.dataset.target);
      if (!old || old.lamp === one.dataset.lamp) continue;
      one.classList.add("changed");
      said.push(
        body.dataset.liveChanged
          .replace("{name}", one.dataset.name)
          .replace("{before}", old.colour)
          .replace("{after}", one.dataset.colour),
      );
    }
    before = lamps();
    if (said.length) document.getElementById("announce").textContent = said.join("; ");
  };
  // What the reader had unfolded stays so.
  const unfolded = new Set();
  body.addEventListener("htmx:oobBeforeSwap", (event) => {
    for (const one of event.detail.target.querySelectorAll("details[id]")) {
      if (one.open) unfolded.add(one.id);
      else unfolded.delete(one.id);
    }
  });
  body.addEventListener("htmx:oobAfterSwap", () => {
    for (const id of unfolded) document.getElementById(id)?.setAttribute("open", "");
    mark();
  });

  connected(false);
  open();
})();
