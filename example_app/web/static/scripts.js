import {request, run} from "./api.js";
import "./account.js";
import {next, showWhoIsSignedIn} from "./sign-in.js";

run(async () => {
  const offers = await request("GET", "offers");
  for (const part of document.querySelectorAll("[data-offer]")) part.hidden = !offers[part.dataset.offer];
  for (const link of document.querySelectorAll(".comes-back")) {
    const url = new URL(link.href);
    url.searchParams.set("next", next ? next.pathname + next.search : location.pathname);
    link.href = url;
  }
  await showWhoIsSignedIn({focus: false});
});
