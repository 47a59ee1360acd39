// The table of a draft's doses: exercises down, phases across. Each field is a button that opens it.

import { make, text } from './table.js';

const STYLE = `
  :host { display: block; }
  .coach { overflow-x: auto; font: 15px/1.35 var(--st-font, sans-serif); color: var(--st-text-color); border: 1px solid var(--line); border-radius: 12px;
    --line: color-mix(in srgb, var(--st-text-color) 18%, transparent); --quiet: #4D4A44; --red: #8C1D18; }
  @media (prefers-color-scheme: dark) { .coach { --quiet: #BEBAB2; --red: #FFB1AA; } }
  table { border-collapse: collapse; width: 100%; }
  th { text-align: start; vertical-align: bottom; font-weight: 700; padding: 10px 8px; }
  thead th span { display: block; font-weight: 400; color: var(--quiet); font-size: 14px; white-space: nowrap; }
  th:first-child { position: sticky; inset-inline-start: 0; background: var(--st-background-color); min-width: 8.5rem; padding-inline-start: 14px; z-index: 1; }
  tbody th { vertical-align: middle; }
  tr + tr > *, tbody > tr > * { border-top: 1px solid var(--line); }
  td { padding: 0; border-inline-start: 1px solid var(--line); min-width: 5.6rem; height: 1px; }
  button { font: inherit; color: inherit; background: none; border: 0; inline-size: 100%; block-size: 100%; min-height: 52px; padding: 6px 8px; cursor: pointer; text-align: start; }
  button span { display: block; }
  button { position: relative; }
  button .said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  button .often { color: var(--quiet); font-size: 14px; }
  button.closed { color: var(--quiet); }
  button:hover { background: var(--st-secondary-background-color); }
  button:focus-visible { outline: 3px solid var(--st-text-color); outline-offset: -3px; }
  button[aria-pressed=true] { box-shadow: inset 0 0 0 3px var(--st-primary-color); }
  button .wrong { color: var(--red); font-weight: 700; }
`;

const grids = new WeakMap(); // component -> its table's place

export default function mount(component) {
  const { parentElement: parent, data } = component;
  let grid = grids.get(parent);
  if (!grid) {
    const look = document.createElement('style');
    look.textContent = STYLE;
    grid = { root: make('div', 'coach', { tabindex: '0', role: 'region', 'aria-label': data.words.label }) };
    grids.set(parent, grid);
    parent.append(look, grid.root);
  }
  grid.component = component;
  const kept = grid.root.scrollLeft;
  grid.root.replaceChildren(table(grid, data));
  grid.root.scrollLeft = kept;
  return () => grids.delete(parent);
}

function table(grid, { rows, heads, open, words }) {
  const made = make('table', '', { 'aria-label': words.label });
  const head = make('tr');
  head.append(text('th', words.exercise, '', { scope: 'col' }));
  for (const { name, begins } of heads) {
    const cell = text('th', name, '', { scope: 'col' });
    cell.append(text('span', begins));
    head.append(cell);
  }
  const top = make('thead');
  top.append(head);
  const body = make('tbody');
  for (const row of rows) {
    const line = make('tr');
    line.append(text('th', row.name, '', { scope: 'row' }));
    row.cells.forEach((cell, n) => line.append(field(grid, row, heads[n], cell, { open, words })));
    body.append(line);
  }
  made.append(top, body);
  return made;
}

function field(grid, row, head, { dose, often, wrong }, { open, words }) {
  const cell = make('td');
  const button = make('button', dose ? '' : 'closed', {
    type: 'button',
    'aria-pressed': String(open === `${row.routine}.${head.phase}`),
    'data-cell': `${row.routine}.${head.phase}`,
  });
  // Which field it is, for those who hear the page
  button.append(text('span', `${row.name}, ${head.name}: ${dose ? '' : words.closed}`, 'said'));
  button.append(text('span', dose || '–', '', dose ? {} : { 'aria-hidden': 'true' }));
  if (often) button.append(text('span', often, 'often'));
  if (wrong) button.append(text('span', words.wrong, 'wrong'));
  button.addEventListener('click', () => grid.component.setTriggerValue('act', { act: 'open', phase: head.phase, routine: row.routine }));
  cell.append(button);
  return cell;
}
