// The staff of a clinic by name, one row each; a click opens one. Names are set as text, never as
// markup.

import { asking, cell, drawn, make, table, text } from './table.js';

const STYLE = `
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

export default drawn(STYLE, (list, { rows, words }) => [
  table(words.columns, rows.map((row) => line(list, row, words)), { 'aria-label': words.label }),
]);

function line(list, row, words) {
  const made = make('tr', '', { role: 'row' });
  const who = make('th', 'c-who', { role: 'rowheader', scope: 'row' });
  who.append(text('span', row.name, 'name'), text('span', row.login, 'small'));
  const both = (name, n, first, second) => cell(name, words.columns[n], text('span', first), text('span', second, 'small'));
  const acts = make('div', 'acts');
  acts.append(asking(list, words.open, { act: 'open', account: row.account }, { 'aria-label': `${words.open}: ${row.name}` }));
  made.append(who, both('c-role', 1, row.role, row.teams), both('c-way', 2, row.state, row.until),
    both('c-factor', 3, row.factor, row.organisation), cell('c-last', words.columns[4], text('span', row.last)), cell('c-acts', '', acts));
  return made;
}
