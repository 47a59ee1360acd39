// The printed invitation: how a patient signs in for the first time. The code is drawn here and
// stored nowhere.

import { make, svg, text } from './table.js';

const sheets = new WeakMap();

const STYLE = `
  * { box-sizing: border-box; }
  .sheet { font: 20px/1.45 var(--st-font, sans-serif); color: #111; background: #fff; border: 1px solid #857D6F; border-radius: 12px; padding: 40px; max-width: 760px; }
  .clinic { font-size: 18px; margin: 0 0 8px; }
  h2 { font-size: 32px; line-height: 1.2; margin: 0 0 4px; }
  .name { font-size: 24px; font-weight: 700; margin: 0 0 24px; overflow-wrap: anywhere; }
  .ways { display: flex; flex-wrap: wrap; gap: 16px 32px; align-items: center; margin: 0 0 24px; }
  .ways svg { flex: none; width: 200px; height: 200px; background: #fff; }
  .ways p { margin: 0; } .ways p + p { margin-top: 12px; }
  .ways .label { font-size: 18px; }
  .address { font-weight: 700; overflow-wrap: anywhere; }
  .code { font-size: 30px; font-weight: 700; letter-spacing: .06em; white-space: nowrap; font-variant-numeric: tabular-nums; }
  .address, .code { display: inline-block; direction: ltr; } /* as they are typed, in every language */
  ol { margin: 0 0 24px; padding-inline-start: 1.4em; } li { margin: 0 0 8px; padding-inline-start: .2em; }
  .foot { border-top: 1px solid #857D6F; padding-top: 16px; margin: 0; } .foot + .foot { border: 0; padding-top: 8px; }
  button { font: inherit; font-size: 16px; font-weight: 700; min-height: 48px; padding: 4px 24px; margin: 0 0 16px; border-radius: 8px; cursor: pointer;
    border: 1px solid var(--st-primary-color); background: var(--st-primary-color); color: var(--st-background-color); }
  button:focus-visible { outline: 3px solid var(--st-text-color); outline-offset: 2px; }
  @media (max-width: 620px) { .sheet { padding: 24px; } .ways { flex-direction: column; align-items: flex-start; } .code { font-size: min(24px, calc((100vw - 84px) / 13)); } }
  @media print { button { display: none; } .sheet { border: 0; padding: 0; max-width: none; border-radius: 0; font-size: 15pt; } h2 { font-size: 24pt; } }
`;

export default function mount({ parentElement: parent, data }) {
  let sheet = sheets.get(parent);
  if (!sheet) {
    const style = document.createElement('style');
    style.textContent = STYLE;
    sheet = make('div');
    parent.append(style, sheet);
    sheets.set(parent, sheet);
  }
  const { words } = data;
  const print = text('button', words.print, '', { type: 'button' });
  print.addEventListener('click', () => window.print());
  const page = make('div', 'sheet', { role: 'region', 'aria-label': words.title });
  if (data.clinic) page.append(text('p', data.clinic, 'clinic'));
  page.append(text('h2', words.title), text('div', data.name, 'name'));
  const beside = make('div');
  for (const [label, value, name] of [[words.address, data.address, 'address'], [words.code, data.code, 'code']]) {
    const line = make('p');
    line.append(text('span', label, 'label'), make('br'), text('span', value, name));
    beside.append(line);
  }
  const ways = make('div', 'ways');
  ways.append(square(data.square, words.square), beside);
  const steps = make('ol');
  for (const step of data.steps) steps.append(text('li', step));
  page.append(ways, steps, ...data.foot.map((line) => text('p', line, 'foot')));
  sheet.replaceChildren(print, page);
  return () => {
    sheet.remove();
    sheets.delete(parent);
  };
}

/** Draw the QR code from rows of 0 and 1, which include its quiet zone. */
function square(rows, label) {
  const size = rows.length;
  const made = svg('svg', { viewBox: `0 0 ${size} ${size}`, role: 'img', 'aria-label': label, 'shape-rendering': 'crispEdges' });
  let path = '';
  rows.forEach((row, y) => {
    for (const run of row.matchAll(/1+/g)) path += `M${run.index} ${y}h${run[0].length}v1h-${run[0].length}z`;
  });
  made.append(svg('path', { d: path, fill: '#000' }));
  return made;
}
