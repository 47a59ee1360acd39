// Downloads a file that takes a while to make: shows that it is being made, then saves it or shows
// what to do.

const drawn = new WeakMap();

const STYLE = `
  .offers { display: grid; gap: 16px; }
  .beside { grid-template-columns: repeat(auto-fit, minmax(min(100%, 14rem), 1fr)); }
  .offer { display: flex; flex-direction: column; justify-content: flex-end; gap: 8px; }
  button { width: 100%; min-height: 56px; padding: 8px 16px; font: inherit; font-size: 18px; cursor: pointer; color: var(--st-text-color);
    background: var(--st-background-color); border: 2px solid var(--st-border-color); border-radius: var(--st-button-radius, 12px); }
  button:hover { border-color: var(--st-primary-color); color: var(--st-primary-color); }
  button:focus-visible { outline: 3px solid var(--st-text-color); outline-offset: 2px; }
  button[aria-busy=true] { cursor: progress; opacity: 0.75; }
  p { margin: 0; font: inherit; font-size: 18px; line-height: 1.45; color: var(--st-text-color); } p:empty { display: none; }
  .beside p { font-size: 15px; }
`;

export default function mount({ parentElement: parent, data }) {
  let all = drawn.get(parent);
  if (!all) {
    all = { offers: [], box: make('div') };
    parent.append(make('style', { textContent: STYLE }), all.box);
    drawn.set(parent, all);
  }
  all.box.className = data.beside ? 'offers beside' : 'offers';
  data.offers.forEach((offer, n) => show((all.offers[n] ??= begin(all.box)), offer, data.words));
  all.offers.splice(data.offers.length).forEach((each) => each.place.remove());
  return () => drawn.delete(parent);
}

const make = (name, attributes) => Object.assign(document.createElement(name), attributes);

function begin(box) {
  const taking = { place: make('div', { className: 'offer' }), about: make('p'), button: make('button', { type: 'button' }), line: make('p') };
  taking.line.setAttribute('role', 'status');
  taking.button.onclick = () => take(taking);
  taking.place.append(taking.about, taking.button, taking.line);
  box.append(taking.place);
  return taking;
}

function show(taking, offer, words) {
  Object.assign(taking, { offer, words });
  taking.about.textContent = offer.about;
  if (!taking.busy) taking.button.textContent = offer.label;
}

async function take(taking) {
  if (taking.busy) return;
  const { offer, words } = taking;
  const say = (busy, line) => {
    taking.busy = busy;
    taking.button.setAttribute('aria-busy', String(busy));
    taking.button.textContent = busy ? words.making : taking.offer.label;
    taking.line.textContent = line;
  };
  say(true, '');
  try {
    const answer = await fetch(offer.address, { cache: 'no-store' });
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
