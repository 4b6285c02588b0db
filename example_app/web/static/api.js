// Requests of these pages. The session is in cookies that no script can read; the browser sends them.

export class Refusal extends Error {
  constructor({code, message}) {
    super(message);
    this.code = code;
  }
}

export async function request(method, path, body) {
  const options = {method};
  if (body !== undefined) {
    options.headers = {"Content-Type": "application/json"};
    options.body = JSON.stringify(body);
  }
  const response = await fetch(path, options);
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Refusal(answer.detail);
  return answer;
}

// Says what became of something, refusals included.
export function say(text, {refused = false} = {}) {
  const notice = document.getElementById("notice");
  notice.textContent = text;
  notice.classList.toggle("refused", refused);
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
