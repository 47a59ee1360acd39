// The staff of a clinic by name, one row each; a click opens one. Names arrive as text and stay text.

import { BASE, cell, make, text } from './table.js';

const lists = new WeakMap();

const STYLE = `
  ${BASE}
  tr { grid-template-columns: minmax(0, 1.3fr) minmax(0, 1.1fr) minmax(0, 1fr) minmax(0, 1.2fr) minmax(0, .9fr) 96px; }
  @media (max-width: 1080px) {
    tr { grid-template-columns: minmax(0, 1.2fr) minmax(0, 1fr) minmax(0, 1.2fr) 96px; row-gap: 8px;
      grid-template-areas: 'who role factor acts' 'who way last acts'; }
    .c-who { grid-area: who; } .c-role { grid-area: role; } .c-way { grid-area: way; }
    .c-factor { grid-area: factor; } .c-last { grid-area: last; } .c-acts { grid-area: acts; }
  }
  @media (max-width: 620px) {
    tr { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); grid-template-areas: 'who who' 'role way' 'factor last' 'acts acts'; }
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
  list.root.replaceChildren(table(list, data));
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
  who.append(text('span', row.name, 'name'), text('span', row.login, 'small'));
  const both = (name, n, first, second) => cell(name, words.columns[n], text('span', first), text('span', second, 'small'));
  const acts = make('div', 'acts');
  acts.append(button(list, words.open, row));
  made.append(who, both('c-role', 1, row.role, row.teams), both('c-way', 2, row.state, row.until),
    both('c-factor', 3, row.factor, row.organisation), cell('c-last', words.columns[4], text('span', row.last)), cell('c-acts', '', acts));
  return made;
}

function button(list, label, row) {
  const made = text('button', label, '', { type: 'button', 'aria-label': `${label}: ${row.name}` });
  made.addEventListener('click', () => {
    made.disabled = true;
    setTimeout(() => (made.disabled = false), 4000);
    list.component.setTriggerValue('act', { act: 'open', account: row.account });
  });
  return made;
}
