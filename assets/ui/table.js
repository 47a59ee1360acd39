// Shared parts and styles of the clinic's tables. Text that people wrote is set as text, never as
// markup.

export const BASE = `
  :host { display: block; }
  * { box-sizing: border-box; }
  .coach { --line: color-mix(in srgb, var(--st-text-color) 18%, transparent); --quiet: #4D4A44; --red: #8C1D18; --amber: #7A3E00;
    --bar: color-mix(in srgb, var(--st-text-color) 12%, transparent); font: 16px/1.4 var(--st-font, sans-serif); color: var(--st-text-color); }
  @media (prefers-color-scheme: dark) { .coach { --quiet: #BEBAB2; --red: #FFB1AA; --amber: #FFBE85; } }
  svg { display: block; overflow: visible; }
  button { font: inherit; color: inherit; background: none; border: 1px solid #857D6F; border-radius: 8px; min-height: 44px; padding: 4px 14px; cursor: pointer; }
  button:hover { background: var(--st-secondary-background-color); }
  button:focus-visible, h2:focus-visible { outline: 3px solid var(--st-text-color); outline-offset: 2px; }
  button:disabled { cursor: default; opacity: .5; }
  button.review { font-weight: 700; border-color: var(--st-primary-color); color: var(--st-primary-color); }
  .said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  table, tbody, thead, tr, td, th { display: block; text-align: start; font-weight: 400; padding: 0; }
  tr { display: grid; column-gap: 20px; align-items: start; border-bottom: 1px solid var(--line); padding: 12px; margin: 0 -12px; }
  thead tr { padding: 0 12px 4px; font-size: 14px; color: var(--quiet); }
  section { margin: 0 0 24px; }
  .over { display: flex; align-items: center; gap: 12px; margin: 16px 0 4px; min-height: 40px; }
  h2 { font: inherit; font-size: 20px; font-weight: 700; margin: 0; }
  h2 span { font-weight: 400; color: var(--quiet); margin-inline-start: 6px; font-variant-numeric: tabular-nums; }
  .over .line { flex: 1; border-top: 1px solid var(--line); }
  p.empty { margin: 4px 0 0; color: var(--quiet); }
  thead th:last-child { visibility: hidden; }
  .acts { display: flex; gap: 8px; justify-content: flex-end; margin: -8px 0; }
  .acts button { padding: 4px 12px; white-space: nowrap; }
  .name { font-weight: 700; overflow-wrap: anywhere; }
  .small { display: block; font-size: 14px; line-height: 1.35; color: var(--quiet); overflow-wrap: anywhere; }
  td[data-label]::before { display: none; }
  .pages { display: flex; align-items: center; gap: 12px; margin: 12px 0 0; }
  @media (max-width: 1080px) {
    thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    td[data-label]::before { content: attr(data-label); display: block; font-size: 14px; color: var(--quiet); }
    .acts { margin: 4px 0 0; }
  }
  @media (max-width: 620px) {
    .acts { justify-content: stretch; margin: 0; } .acts button { flex: 1; min-height: 48px; }
  }
`;

/** A component that redraws all its data each time; `draw(list, data)` returns its nodes. */
export function drawn(style, draw) {
  const lists = new WeakMap();
  return (component) => {
    const { parentElement: parent, data } = component;
    let list = lists.get(parent);
    if (!list) {
      const look = document.createElement('style');
      look.textContent = BASE + style;
      lists.set(parent, (list = { root: make('div', 'coach') }));
      parent.append(look, list.root);
    }
    list.component = component;
    list.root.replaceChildren(...draw(list, data));
    return () => lists.delete(parent);
  };
}

/** A table of the given rows; `attributes` label it. */
export function table(columns, rows, attributes) {
  const made = make('table', '', { role: 'table', ...attributes });
  const head = make('tr', '', { role: 'row' });
  for (const label of columns) head.append(text('th', label, '', { role: 'columnheader', scope: 'col' }));
  const top = make('thead', '', { role: 'rowgroup' });
  top.append(head);
  const body = make('tbody', '', { role: 'rowgroup' });
  body.append(...rows);
  made.append(top, body);
  return made;
}

/** A button that sends a request, and is disabled until the server has answered. */
export function asking(list, label, what, attributes = {}) {
  const made = text('button', label, '', { type: 'button', ...attributes });
  made.addEventListener('click', () => {
    made.disabled = true;
    setTimeout(() => (made.disabled = false), 4000);
    list.component.setTriggerValue('act', what);
  });
  return made;
}

/** Buttons to the previous and next rows; `turn` makes a button for an offset. */
export function pages({ text: where, back, on }, words, turn) {
  const row = make('div', 'pages', { role: 'group', 'aria-label': words.pages });
  const way = (label, offset) => {
    const made = turn(label, offset ?? 0);
    made.disabled = offset === null;
    return made;
  };
  row.append(way(words.back, back), text('span', where), way(words.on, on));
  return row;
}

export function cell(name, label, ...content) {
  const made = make('td', name, { role: 'cell' });
  if (label) made.dataset.label = label;
  made.append(...content);
  return made;
}

export function text(tag, content, name = '', attributes = {}) {
  const made = make(tag, name, attributes);
  made.textContent = content;
  return made;
}

export function make(tag, name = '', attributes = {}) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

export function svg(tag, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
