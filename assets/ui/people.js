// The patients of a clinic by name, one row each; a click opens one. Names arrive as text and stay text.

import { BASE, cell, make, pages, text } from './table.js';

const lists = new WeakMap();

const STYLE = `
  ${BASE}
  tr { grid-template-columns: minmax(0, 1.4fr) minmax(0, 1.2fr) minmax(0, 1.3fr) 110px; }
  @media (max-width: 620px) {
    tr { grid-template-columns: 1fr 1fr; grid-template-areas: 'who who' 'team way' 'acts acts'; row-gap: 8px; }
    .c-who { grid-area: who; } .c-team { grid-area: team; } .c-way { grid-area: way; } .c-acts { grid-area: acts; }
  }
`;

export default function mount(component) {
  const { parentElement: parent, data } = component;
  let list = lists.get(parent);
  if (!list) {
    const style = document.createElement('style');
    style.textContent = STYLE;
    list = { root: make('div', 'coach') };
    parent.append(style, list.root);
    lists.set(parent, list);
  }
  list.component = component;
  const shown = [table(list, data)];
  if (data.pages) shown.push(pages(data.pages, data.words, (label, offset) => button(list, label, { act: 'page', offset })));
  list.root.replaceChildren(...shown);
  return () => lists.delete(parent);
}

function table(list, { rows, words }) {
  const made = make('table', '', { role: 'table', 'aria-label': words.label });
  const head = make('tr', '', { role: 'row' });
  for (const label of words.columns) head.append(text('th', label, '', { role: 'columnheader', scope: 'col' }));
  const top = make('thead', '', { role: 'rowgroup' });
  top.append(head);
  const body = make('tbody', '', { role: 'rowgroup' });
  for (const row of rows) body.append(line(list, row, words));
  made.append(top, body);
  return made;
}

function line(list, row, words) {
  const made = make('tr', '', { role: 'row' });
  const who = make('th', 'c-who', { role: 'rowheader', scope: 'row' });
  who.append(text('span', row.name, 'name'), text('span', row.reference, 'small'));
  const acts = make('div', 'acts');
  acts.append(button(list, words.open, { act: 'open', patient: row.patient }, { 'aria-label': `${words.open}: ${row.name}` }));
  made.append(who, cell('c-team', words.columns[1], text('span', row.team), text('span', row.lead, 'small')),
    cell('c-way', words.columns[2], text('span', row.way), text('span', row.until, 'small')), cell('c-acts', '', acts));
  return made;
}

function button(list, label, what, attributes = {}) {
  const made = text('button', label, '', { type: 'button', ...attributes });
  made.addEventListener('click', () => {
    made.disabled = true;
    setTimeout(() => (made.disabled = false), 4000);
    list.component.setTriggerValue('act', what);
  });
  return made;
}
