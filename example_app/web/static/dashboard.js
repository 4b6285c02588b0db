import {onSubmit, request, run} from "./api.js";

onSubmit("reports", async () => {
  const reports = await request("GET", "reports");
  const titles = reports.map(({title}) => Object.assign(document.createElement("li"), {textContent: title}));
  document.getElementById("titles").replaceChildren(...titles);
});

run(async () => {
  const user = await request("GET", "me");
  document.getElementById("username").textContent = user.username;
});
