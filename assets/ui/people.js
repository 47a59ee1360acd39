// The patients of a clinic by name, one row each; a click opens one. Names are set as text, never
// as markup.

import { asking, cell, drawn, make, pages, table, text } from './table.js';

const STYLE = `
  tr { grid-template-columns: minmax(0, 1.4fr) minmax(0, 1.2fr) minmax(0, 1.3fr) 110px; }
  @media (max-width: 620px) {
    tr { grid-template-columns: 1fr 1fr; grid-template-areas: 'who who' 'team way' 'acts acts'; row-gap: 8px; }
    .c-who { grid-area: who; } .c-team { grid-area: team; } .c-way { grid-area: way; } .c-acts { grid-area: acts; }
  }
`;

export default drawn(STYLE, (list, { rows, pages: parts, words }) => {
  const shown = [table(words.columns, rows.map((row) => line(list, row, words)), { 'aria-label': words.label })];
  if (parts) shown.push(pages(parts, words, (label, offset) => asking(list, label, { act: 'page', offset })));
  return shown;
});

function line(list, row, words) {
  const made = make('tr', '', { role: 'row' });
  const who = make('th', 'c-who', { role: 'rowheader', scope: 'row' });
  who.append(text('span', row.name, 'name'), text('span', row.reference, 'small'));
  const acts = make('div', 'acts');
  acts.append(asking(list, words.open, { act: 'open', patient: row.patient }, { 'aria-label': `${words.open}: ${row.name}` }));
  made.append(who, cell('c-team', words.columns[1], text('span', row.team), text('span', row.lead, 'small')),
    cell('c-way', words.columns[2], text('span', row.way), text('span', row.until, 'small')), cell('c-acts', '', acts));
  return made;
}
