// Downloads a file that takes a while to make: shows that it is being made, then saves it or shows
// what to do.

const drawn = new WeakMap();

const STYLE = `
  button { width: 100%; min-height: 56px; padding: 8px 16px; font: inherit; font-size: 18px; cursor: pointer; color: var(--st-text-color);
    background: var(--st-background-color); border: 2px solid var(--st-border-color); border-radius: var(--st-button-radius, 12px); }
  button:hover { border-color: var(--st-primary-color); color: var(--st-primary-color); }
  button:focus-visible { outline: 3px solid var(--st-text-color); outline-offset: 2px; }
  button[aria-busy=true] { cursor: progress; opacity: 0.75; }
  p { margin: 8px 0 0; font: inherit; font-size: 18px; color: var(--st-text-color); } p:empty { display: none; }
`;

export default function mount({ parentElement: parent, data }) {
  let taking = drawn.get(parent);
  if (!taking) {
    const make = (name, attributes) => Object.assign(document.createElement(name), attributes);
    taking = { button: make('button', { type: 'button' }), line: make('p') };
    taking.line.setAttribute('role', 'status');
    taking.button.onclick = () => take(taking);
    parent.append(make('style', { textContent: STYLE }), taking.button, taking.line);
    drawn.set(parent, taking);
  }
  taking.data = data;
  if (!taking.busy) taking.button.textContent = data.words.label;
  return () => drawn.delete(parent);
}

async function take(taking) {
  if (taking.busy) return;
  const { address, words } = taking.data;
  const say = (busy, line) => {
    taking.busy = busy;
    taking.button.setAttribute('aria-busy', String(busy));
    taking.button.textContent = busy ? words.making : taking.data.words.label;
    taking.line.textContent = line;
  };
  say(true, '');
  try {
    const answer = await fetch(address, { cache: 'no-store' });
    if (!answer.ok) return say(false, (await answer.text()) || words.failed);
    const name = /filename="([^"]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? 'coach';
    hand(await answer.blob(), name);
    say(false, words.done.replace('{name}', name));
  } catch {
    say(false, words.failed);
  }
}

function hand(content, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
