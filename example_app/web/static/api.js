// Requests of these pages. The session is in cookies that no script can read; the browser sends them.

export class Refusal extends Error {
  constructor({code, message, errors}) {
    // What is wrong with a field has words of its own.
    super(errors?.length ? errors.map(({loc, message}) => `${loc.at(-1)}: ${message}`).join("; ") : message);
    this.code = code;
  }
}

const unreachable = {code: "unreachable", message: "The app cannot be reached at the moment. Please try again."};

export async function request(method, path, body) {
  const options = {method};
  if (body !== undefined) {
    options.headers = {"Content-Type": "application/json"};
    options.body = JSON.stringify(body);
  }
  const response = await fetch(path, options).catch(() => { throw new Refusal(unreachable); });
  if (response.status === 204) return null;
  // What stands before the app may answer something else than JSON.
  const answer = await response.json().catch(() => { throw new Refusal(unreachable); });
  if (!response.ok) throw new Refusal(answer.detail ?? unreachable);
  return answer;
}

// Says what became of something. The page has a place for each from the start, so that both are read out.
export function say(text, {refused = false} = {}) {
  document.getElementById("notice").textContent = refused ? "" : text;
  document.getElementById("refusal").textContent = refused ? text : "";
}

// Runs what a form is for. A form is sent by Enter, too, and by password managers.
export function onSubmit(id, act) {
  document.getElementById(id).addEventListener("submit", event => {
    event.preventDefault();
    run(() => act(Object.fromEntries(new FormData(event.target))));
  });
}

export async function run(act) {
  say("");
  try {
    await act();
  } catch (error) {
    say(error.message, {refused: true});
  }
}
