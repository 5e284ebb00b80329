"use strict";
/* What the page can do beyond HTML: hear of news while it is open. One tab listens and tells the others (a browser
   allows six connections to a host); whoever hears renews the parts that the news is about. */
(() => {
  const button = document.querySelector("[data-notify]");
  if (button && "Notification" in window) {
    const say = () => {
      const words = { granted: button.dataset.on, denied: button.dataset.off }[Notification.permission] ?? "";
      document.querySelector("[data-notify-state]").textContent = words;
      button.hidden = words !== "";
    };
    button.addEventListener("click", () => Notification.requestPermission().then(say));
    say();
  }

  /* What is searched for as one types stands in the address: to load again, to go back to, and to renew. */
  const search = document.querySelector("form.search");
  search?.addEventListener("input", () => {
    const asked = [...new FormData(search)].filter(([, value]) => value !== "");
    history.replaceState(null, "", "?" + new URLSearchParams(asked));
  });

  /* A link keeps the focus when what is found is shown anew and the link is still there. */
  const focused = () => document.activeElement.getAttribute("href");
  const refocus = (part, href) =>
    href && part.querySelector(`[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
  let held = null;
  document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
    held = ctx.target.contains(document.activeElement) ? focused() : null;
  });
  document.addEventListener("htmx:before:settle", ({ target }) => refocus(target, held));

  const source = document.querySelector('meta[name="freehold-events"]')?.content;
  const toasts = document.getElementById("toasts");
  if (!source || !toasts) return;
  const channel = new BroadcastChannel("freehold");
  const stale = document.getElementById("stale");
  const AGAIN_MS = 30000; // a refused tab asks again, and reads the page anew meanwhile
  let due = 0;
  let leads = false; // whether this tab is the one that listens
  let live = true;

  const says = (now) => {
    live = now;
    if (stale) stale.hidden = live;
  };

  /* Nothing is replaced under somebody's hands: what holds the focus, typed text or a selection stays as it is. */
  const busy = (part) =>
    part.contains(document.activeElement) ||
    (!getSelection().isCollapsed && part.contains(getSelection().anchorNode)) ||
    [...part.querySelectorAll("input, textarea")].some((one) => one.value !== one.defaultValue);

  /* What can be opened, by a name that stays when something comes before it or a number in it changes. */
  const named = (part) => {
    const met = new Map();
    return [...part.querySelectorAll("details")].map((one) => {
      const words = one.querySelector("summary")?.textContent.replace(/\d+/g, "");
      const name = `${one.closest("[id]")?.id} ${words}`;
      met.set(name, (met.get(name) ?? 0) + 1);
      return [`${name} ${met.get(name)}`, one];
    });
  };

  const replace = (part, other) => {
    const open = new Map(named(part).map(([name, one]) => [name, one.open]));
    for (const [name, one] of named(other)) one.open = open.get(name) ?? one.open;
    part.replaceWith(other);
  };

  const renew = async () => {
    clearTimeout(due);
    due = 0;
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    const counted = /^\(\d+\) /;
    document.title = (counted.exec(fresh.title)?.[0] ?? "") + document.title.replace(counted, "");
    const navs = fresh.querySelectorAll("nav .nav");
    for (const [index, nav] of document.querySelectorAll("nav .nav").entries()) {
      if (!navs[index] || nav.innerHTML === navs[index].innerHTML) continue;
      const at = nav.contains(document.activeElement) ? focused() : null;
      nav.replaceWith(navs[index]);
      refocus(navs[index], at);
    }
    for (const part of document.querySelectorAll("[data-live]")) {
      const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
      if (!other || part.innerHTML === other.innerHTML) continue;
      if (busy(part)) due ||= setTimeout(renew, AGAIN_MS / 2);
      else replace(part, other);
    }
  };

  document.addEventListener("visibilitychange", () => {
    if (due && !document.hidden) renew();
  });

  const shout = () => {
    if (!("Notification" in window) || Notification.permission !== "granted") return;
    const shown = new Notification("Freehold", { body: toasts.dataset.sentence, tag: "freehold" });
    shown.addEventListener("click", () => window.focus());
  };

  const tell = (whole) => {
    const [topic] = whole.split(".");
    const news = topic === "notice"; // what is for the owner, not what strangers do: a proposal, unless it is folded
    const touched = [...document.querySelectorAll("[data-live]")].some((part) =>
      part.dataset.live.split(" ").includes(topic),
    );
    due ||= setTimeout(renew, document.hidden ? 10000 : touched ? 300 : 2000);
    if (document.hidden && leads && news) shout();
    if (document.hidden || touched || whole === "proposal.received") return;
    if (!["contract", "proposal", "notice"].includes(topic)) return;
    const toast = document.createElement("p");
    toast.className = "toast";
    toast.append(toasts.dataset.sentence + " ");
    const link = Object.assign(document.createElement("a"), { href: "/", textContent: toasts.dataset.show });
    toast.append(link);
    toasts.replaceChildren(toast);
    setTimeout(() => toast.remove(), 8000);
  };

  const state = () => channel.postMessage(live ? "live" : "stale");

  const listen = () =>
    new Promise(() => {
      leads = true;
      // what happened since this page was read; a tab that takes over later has heard all from the one before
      const events = new EventSource(performance.now() < AGAIN_MS ? source : source.split("?")[0]);
      const heard = (event) => {
        let topic = "";
        try {
          topic = String(JSON.parse(event.data).topic ?? "");
        } catch {
          return;
        }
        channel.postMessage(topic);
        tell(topic);
      };
      events.addEventListener("gap", heard);
      events.onmessage = heard;
      events.onopen = () => {
        says(true);
        state();
      };
      events.onerror = () => {
        says(false);
        state();
        if (events.readyState !== EventSource.CLOSED) return; // the browser asks again by itself
        setTimeout(() => {
          renew().catch(() => {}); // the node may be away
          listen();
        }, AGAIN_MS);
      };
    });

  channel.onmessage = ({ data }) => {
    if (data === "live" || data === "stale") says(data === "live");
    else if (data === "who") leads && state();
    else tell(String(data));
  };
  channel.postMessage("who");
  if (navigator.locks) navigator.locks.request("freehold-events", listen);
})();
