// What scripts add to the pages: nothing of it is needed to get through them, but for passkeys.

const policy = window.trustedTypes?.createPolicy("pages", { createHTML: (html) => html }) ?? {
  createHTML: (html) => html,
};
const words = () => document.querySelector("main");

function enhance(root) {
  root.querySelectorAll("input[data-password]").forEach(addShowButton);
  root.querySelectorAll("ul[data-rules]").forEach(watchRules);
  root.querySelectorAll("input[data-code]").forEach(submitWhenComplete);
  root.querySelectorAll("form[data-passkey]").forEach(usePasskey);
  root.querySelectorAll("form[data-new-passkey]").forEach(makePasskey);
  root.querySelectorAll("form[data-resend]").forEach(countDown);
  root.querySelectorAll("time[data-moment]").forEach(tellLocally);
  if (root.querySelector("[data-renew]")) renew(words());
  const summary = root.querySelector("[data-focus]");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", (event) => {
      const name = event.target.getAttribute?.("href")?.slice(1);
      const field = name && document.getElementById(name);
      if (field) {
        event.preventDefault();
        (field.matches("fieldset") ? field.querySelector("input") : field).focus();
      }
    });
  }
}

// A password can be seen while it is typed; it is hidden again before it is sent, or a browser keeps it in clear.
function addShowButton(input) {
  const { show, hide, shown, hidden } = document.documentElement.dataset;
  const button = document.createElement("button");
  const status = document.createElement("span");
  status.className = "unseen";
  status.setAttribute("role", "status");
  button.type = "button";
  button.className = "quiet";
  button.setAttribute("aria-controls", input.id);
  const set = (visible) => {
    input.type = visible ? "text" : "password";
    button.textContent = visible ? hide : show;
    button.setAttribute("aria-label", `${button.textContent}: ${input.labels[0].textContent}`);
  };
  button.addEventListener("click", () => {
    set(input.type === "password");
    status.textContent = input.type === "password" ? hidden : shown;
  });
  const row = document.createElement("div");
  row.className = "secretly";
  input.replaceWith(row);
  row.append(input, button, status);
  set(false);
  input.form.addEventListener("submit", () => set(false));
}

const RULES = {
  length: (text, item) => [...text].length >= Number(item.dataset.least),
  uppercase: (text) => /[A-Z]/.test(text),
  lowercase: (text) => /[a-z]/.test(text),
  numbers: (text) => /[0-9]/.test(text),
  symbols: (text) => /[\^$*.[\]{}()?"!@#%&/\\,><':;|_~`=+\- ]/.test(text.trim()),
};

function watchRules(list) {
  const input = document.getElementById(list.dataset.rules);
  input.setAttribute("aria-describedby", `${input.getAttribute("aria-describedby") ?? ""} ${list.id}`.trim());
  input.addEventListener("input", () => {
    for (const item of list.children) {
      item.toggleAttribute("data-met", RULES[item.dataset.rule](input.value, item));
    }
  });
}

let goesByItself = false;

// "123 456" is a code, too.
function submitWhenComplete(input) {
  input.addEventListener("input", () => {
    const fields = [...input.form.elements].filter((field) => field.matches("input:not([type=hidden], [readonly])"));
    const digits = input.value.replace(/[\s-]/g, "");
    const isWhole = digits.length === Number(input.dataset.code) && /^\d+$/.test(digits);
    goesByItself = fields.length === 1 && isWhole;
    if (goesByItself) input.form.requestSubmit();
  });
}

// The server does not know the time zone.
function tellLocally(time) {
  const here = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  time.textContent = here.format(new Date(time.dateTime));
}

function countDown(form) {
  const button = form.querySelector("button");
  const text = button.textContent;
  let left = 30;
  const tick = () => {
    if (!button.isConnected) return;
    const waiting = left > 0;
    button.setAttribute("aria-disabled", String(waiting));
    button.textContent = waiting ? `${text} (${left})` : text;
    left -= 1;
    if (waiting) setTimeout(tick, 1000);
  };
  form.addEventListener("submit", (event) => {
    if (button.getAttribute("aria-disabled") === "true") event.preventDefault();
  });
  tick();
}

// What goes on by itself is looked at again, while somebody looks at it and it can be had.
function renew(main) {
  let misses = 0;
  let patience = 30;
  const later = () => setTimeout(look, 2000);
  async function look() {
    if (words() !== main || misses > 4 || patience < 0) return;
    if (document.hidden) {
      document.addEventListener("visibilitychange", later, { once: true });
      return;
    }
    const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => undefined);
    if (response?.redirected) return; // one has to sign in again
    const text = response?.ok && isOurs(response) ? await response.text().catch(() => "") : "";
    if (words() !== main) return;
    // Another worker of the app says that it does not know: the next one may.
    const elsewhere = response?.status === 404 && isOurs(response);
    if (elsewhere) patience -= 1;
    else misses = text ? 0 : misses + 1;
    if (text && !sending) {
      const next = parsed(text);
      const focused = document.activeElement;
      next.querySelectorAll("time[data-moment]").forEach(tellLocally);
      document.title = next.title;
      patch(main, next.querySelector("main"));
      if (!focused.isConnected) main.focus();
    }
    if (main.querySelector("[data-renew]")) later();
  }
  later();
}

// What is the same stays as it is: nobody loses their place, and nothing is read out twice.
function patch(old, next) {
  if (old.isEqualNode(next)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.data = next.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const parts = [...next.childNodes];
  [...old.childNodes].slice(parts.length).forEach((surplus) => surplus.remove());
  parts.forEach((part, at) => {
    const there = old.childNodes[at];
    if (!there) old.append(part);
    else if (there.nodeName === part.nodeName) patch(there, part);
    else there.replaceWith(part);
  });
}

const usePasskey = (form) => withPasskey(form, "usePasskey");
const makePasskey = (form) => withPasskey(form, "createPasskey");

function withPasskey(form, act) {
  const refused = form.querySelector("[data-refused]");
  const exists = form.querySelector("[data-exists]"); // where a passkey is made
  if (typeof PublicKeyCredential !== "function") {
    form.querySelector("[data-unable]").hidden = false;
    return;
  }
  // The client of apps does it, which no other page loads; here already, since a browser asks only soon after a click.
  const client = import("./fastapi-cognito-auth.js");
  client.catch(() => undefined); // told when it is needed
  const options = JSON.parse(form.querySelector('script[type="application/json"]').textContent);
  form.addEventListener("submit", async (event) => {
    if (form.elements.credential.value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    refused.hidden = true;
    if (exists) exists.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await (await client)[act](options));
    } catch (error) {
      // Cancelled, or there is none: browsers do not tell which. A second click has begun anew.
      if (error.code === "passkey_exists" && exists) exists.hidden = false;
      else refused.hidden = error.code === "passkey_replaced";
      return;
    }
    form.requestSubmit();
  });
  form.querySelector("button[type=submit]").hidden = false;
}

// Tabs tell each other when somebody has signed in or out, and so do apps by their client.
const tabs = window.BroadcastChannel && new BroadcastChannel("fastapi-cognito-auth");
tabs?.addEventListener("message", () => {
  const inputs = [...document.querySelectorAll("main input:not([type=hidden])")];
  const isTyping = inputs.some((input) => input.value !== input.defaultValue);
  // What is shown of an account goes at once; on the way in nobody loses what they are typing.
  if (document.body.className !== "entrance" || !isTyping) location.reload();
});

// Forms are sent beside the page, which stays until the next one is there.
let sending = false;
// Who presses the button while their code goes by itself means the page that it was typed into. On the next one,
// which says that the code is wrong, the same press would send nothing, and hide that by "Enter the code".
let deafUntil = 0;
const isLate = (form) => performance.now() < deafUntil && form.querySelector("input[data-code]")?.value === "";
document.addEventListener("submit", async (event) => {
  const form = event.target;
  const wentByItself = goesByItself;
  goesByItself = false;
  // By attributes: to scripts a field called `action` or `method` hides what the form says under that name.
  const says = (name) => event.submitter?.getAttribute(`form${name}`) ?? form.getAttribute(name) ?? "";
  if (event.defaultPrevented || says("method").toLowerCase() !== "post" || !words()) return;
  // A file goes out, and comes, as browsers do that.
  if (says("enctype") === "multipart/form-data" || form.hasAttribute("data-file")) return;
  event.preventDefault();
  if (sending || isLate(form)) return; // a double click
  sending = true;
  const target = new URL(says("action"), location.href);
  const frame = document.body.className;
  let leaves = false;
  try {
    const response = await fetch(target, {
      method: "POST",
      body: new URLSearchParams(new FormData(form, event.submitter)),
      // Where the app goes on may be another origin, where no script can follow: the browser is sent there.
      headers: { Accept: "text/html", "X-Pages-Script": "1" },
    });
    const place = response.headers.get("x-pages-location");
    const ours = isOurs(response);
    leaves = !ours && (response.ok || place);
    if (leaves || target.pathname.endsWith("/sign-out")) tabs?.postMessage("changed");
    if (place) location.assign(place);
    else if (ours) {
      show(await response.text(), response);
      if (wentByItself) deafUntil = performance.now() + 1000;
    }
    else if (response.ok) location.assign(response.url);
    else tell(response.status === 413 ? "tooLong" : "failed"); // by something between the browser and the app
    if (document.body.className !== frame) tabs?.postMessage("changed");
  } catch {
    tell("failed"); // the network is gone
  } finally {
    sending = leaves;
    // Where one is sent may be a file, for which the page stays.
    if (leaves) setTimeout(() => (sending = false), 5000);
  }
});

// What was typed stays as it is.
function tell(name) {
  document.querySelector("[data-told]")?.remove();
  const box = document.createElement("div");
  box.className = "summary";
  box.dataset.told = name;
  box.tabIndex = -1;
  box.setAttribute("role", "alert");
  box.textContent = document.documentElement.dataset[name];
  words().prepend(box);
  box.focus();
}

const isOurs = (response) => response.headers.get("content-security-policy")?.includes("trusted-types pages");
const parsed = (html) => new DOMParser().parseFromString(policy.createHTML(html), "text/html");

function show(html, response) {
  const next = parsed(html);
  if (response.redirected) history.pushState({}, "", response.url);
  document.title = next.title;
  document.body.className = next.body.className;
  const main = next.querySelector("main");
  const focus = main.querySelector("[data-focus], [autofocus]") ?? main;
  focus.removeAttribute("autofocus"); // or the browser minds that the page has its focus already
  words().replaceWith(main);
  enhance(main);
  focus.focus();
  // Whoever has just chosen a passkey is asked for it at once; a reload asks nobody.
  if (response.redirected) main.querySelector("form[data-passkey]")?.requestSubmit();
  window.scrollTo(0, 0);
}

// A page that a browser kept is asked for anew: what it shows may be over.
addEventListener("popstate", () => location.reload());
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

enhance(document);
