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

  const source = document.querySelector('meta[name="freehold-events"]')?.content;
  const toasts = document.getElementById("toasts");
  if (!source || !toasts) return;
  const channel = new BroadcastChannel("freehold");
  let due = 0;
  let leads = false; // whether this tab is the one that listens

  const renew = async () => {
    due = 0;
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok) return;
    const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
    const counted = /^\(\d+\) /;
    document.title = (counted.exec(fresh.title)?.[0] ?? "") + document.title.replace(counted, "");
    for (const [index, nav] of document.querySelectorAll("nav .nav").entries()) {
      const other = fresh.querySelectorAll("nav .nav")[index];
      if (other) nav.replaceWith(other);
    }
    for (const part of document.querySelectorAll("[data-live]")) {
      const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
      if (other && !part.contains(document.activeElement)) part.replaceWith(other);
    }
  };

  const tell = (topic) => {
    const touched = [...document.querySelectorAll("[data-live]")].some((part) =>
      part.dataset.live.split(" ").includes(topic),
    );
    if (!due) due = setTimeout(renew, touched ? 300 : 2000);
    if (document.hidden && leads && topic !== "offer" && "Notification" in window) {
      if (Notification.permission === "granted") new Notification("Freehold", { body: toasts.dataset.sentence });
    }
    if (document.hidden || touched || !["contract", "proposal", "message"].includes(topic)) return;
    const toast = document.createElement("p");
    toast.className = "toast";
    toast.append(toasts.dataset.sentence + " ");
    const link = Object.assign(document.createElement("a"), { href: "/", textContent: toasts.dataset.show });
    toast.append(link);
    toasts.replaceChildren(toast);
    setTimeout(() => toast.remove(), 8000);
  };

  const listen = () =>
    new Promise(() => {
      leads = true;
      const events = new EventSource(source);
      const heard = (event) => {
        const topic = event.type.split(".")[0];
        channel.postMessage(topic);
        tell(topic);
      };
      for (const topic of ["offer", "proposal", "contract", "review", "message", "peer", "node", "key", "gap"])
        events.addEventListener(topic, heard);
      events.onmessage = (event) => {
        let topic = "";
        try {
          topic = String(JSON.parse(event.data).topic ?? "");
        } catch {
          return;
        }
        heard({ type: topic });
      };
    });

  channel.onmessage = (event) => tell(String(event.data));
  if (navigator.locks) navigator.locks.request("freehold-events", listen);
})();
