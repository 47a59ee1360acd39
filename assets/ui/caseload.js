// The caseload: one row a patient, in sections by need. Text that people wrote is set as text,
// never as markup.

import { BASE, cell, make, pages, svg, table, text } from './table.js';

const lists = new WeakMap();

// Each reason has its own shape, so that colour is not needed. 20 x 20, drawn in the current
// colour.
const SHAPES = {
  red_flag: ['M6 1h8l5 5v8l-5 5H6l-5-5V6z', 'M10 5.2v6.2M10 14.1v.9'],
  red_light: ['M10 1a9 9 0 1 1 0 18 9 9 0 0 1 0-18z', 'M5.5 10h9'],
  high_pain: ['M6 1h8l5 5v8l-5 5H6l-5-5V6z', 'M6 13.5V10M10 13.5V6.5M14 13.5V8.5'],
  pain_up: ['M10 1.5 19 18H1z', 'M10 14.6V8.4M7.2 11 10 8.2l2.8 2.8'],
  time_asked: ['', 'M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM10 5.5V10l3 2'],
  pain_rising: ['', 'M2 16 7 12l4 1.5L18 4M13 4h5v5'],
  pain_worse: ['M10 1.5 19 18H1z', 'M10 7.5v5.5M10 15.4v.6'],
  answer: ['', 'M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM7.6 8a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.2.8-1.2 1.7M10 14.4v.5'],
  unanswered: ['', 'M2 4h16v10H9l-4 3.5V14H2zM6 9h.5M9.8 9h.5M13.6 9h.5'],
  function_down: ['', 'M3 3v14h14M6 6l4 4 2-2 5 6M17 10v4h-4'],
  not_begun: ['', 'M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15z'],
  on_hold: ['', 'M10 2a8 8 0 1 1 0 16 8 8 0 0 1 0-16zM8 7v6M12 7v6'],
  bone_treatment: [
    '',
    'M7.5 12.5l5-5M6.5 13a1.9 1.9 0 1 1-3.8 0 1.9 1.9 0 0 1 3.8 0zM8.9 15.4a1.9 1.9 0 1 1-3.8 0 1.9 1.9 0 0 1 3.8 0z' +
      'M14.9 4.6a1.9 1.9 0 1 1-3.8 0 1.9 1.9 0 0 1 3.8 0zM17.3 7a1.9 1.9 0 1 1-3.8 0 1.9 1.9 0 0 1 3.8 0z',
  ],
  over_doing: ['M3 2h14a1 1 0 0 1 1 1v14a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1V3a1 1 0 0 1 1-1z', 'M10 5.8v8.4M5.8 10h8.4'],
  silent: ['', 'M1.5 10c2-4 4-4 5.7 0s3.7 4 5.6 0 3.7-4 5.7 0'],
  low: ['M2 11h5v7H2z', 'M2.5 11.5v6h4v-6zM8.5 7.5v10h4v-10zM14.5 3.5v14h4v-14z'],
  partly: ['M2 11h5v7H2zM8 7h5v11H8z', 'M2.5 11.5v6h4v-6zM8.5 7.5v10h4v-10zM14.5 3.5v14h4v-14z'],
  review_due: ['', 'M3 4.5h14V18H3zM3 8.5h14M7 2v4M13 2v4M7 13l2 2 4-4'],
  ready_to_release: ['', 'M5 9h10v8.5H5zM7 9V6a3 3 0 0 1 5.8-1M10 12.2v2.4'],
  unread: ['', 'M2 4.5h16v11.5H2zM2.5 5l7.5 6 7.5-6'],
  seen: ['', 'M3.5 10.5 8 15l8.5-10'],
  begin: ['', 'M10 2.5a7.5 7.5 0 1 1 0 15 7.5 7.5 0 0 1 0-15z'],
};

const STYLE = `
  ${BASE}
  .chips { display: flex; flex-wrap: wrap; gap: 4px; margin: 0 0 8px; }
  .chips button { display: flex; align-items: center; gap: 6px; border-radius: 20px; padding: 2px 8px; padding-inline-end: 10px; font-size: 15px; }
  .chips svg { width: 16px; height: 16px; flex: none; }
  .chips b { font-variant-numeric: tabular-nums; }
  .chips button[aria-pressed="true"] { background: var(--st-primary-color); border-color: var(--st-primary-color); color: var(--st-background-color); --red: currentColor; --amber: currentColor; }
  @media (forced-colors: active) { .chips button[aria-pressed="true"] { forced-color-adjust: none; background: Highlight; border-color: Highlight; color: HighlightText; } }
  tr { grid-template-columns: minmax(0, 1.8fr) minmax(0, 1.1fr) 148px 128px 88px 204px; }
  tr.red-row { background: color-mix(in srgb, var(--red) 6%, transparent); border-radius: 8px 8px 0 0; }
  .why { display: flex; flex-direction: column; gap: 4px; list-style: none; margin: 0; padding: 0; }
  .why li { display: grid; grid-template-columns: 20px 1fr; column-gap: 10px; }
  .why li > svg { width: 20px; height: 20px; margin-top: 1px; }
  .why li:not(:first-child) > svg { width: 15px; height: 15px; margin: 3px 2px 0; margin-inline-start: 3px; }
  .why li:first-child .head { font-weight: 700; }
  .why li:not(:first-child) { font-size: 15px; }
  .why .more { display: block; font-size: 15px; color: var(--quiet); overflow-wrap: anywhere; }
  .why .by { color: inherit; font-weight: 700; }
  .marking { display: flex; flex-wrap: wrap; gap: 8px; justify-content: flex-end; }
  .marking label { display: block; flex: 1 0 100%; font-size: 15px; }
  .marking input { display: block; width: 100%; min-height: 44px; font: inherit; color: inherit; background: none; border: 1px solid #857D6F; border-radius: 8px; padding: 4px 10px; }
  .alarm:not(:empty) { position: sticky; top: 8px; z-index: 2; display: flex; flex-wrap: wrap; align-items: center; gap: 4px 16px; margin: 0 0 12px; padding: 10px 16px;
    border: 2px solid var(--red); border-radius: 8px; background: var(--st-background-color); font-weight: 700; }
  .alarm p { margin: 0; flex: 1 1 320px; color: var(--red); }
  .calm { display: flex; flex-direction: column; align-items: flex-start; gap: 8px; margin: 8px 0 16px; }
  .calm img { max-width: 100%; height: auto; } .calm p { margin: 0; }
  .red { color: var(--red); } .amber { color: var(--amber); }
  .plain .head, .plain { color: inherit; }
  .fine { color: var(--quiet); }
  .pain { display: flex; align-items: center; gap: 10px; margin: -4px 0; }
  .pain b { font-size: 20px; min-width: 1.4em; text-align: end; font-variant-numeric: tabular-nums; }
  .pain b.word { font-size: 16px; font-weight: 700; text-align: start; }
  .pain svg { flex: none; width: 100px; height: 34px; color: var(--st-primary-color); }
  .share { display: flex; align-items: center; gap: 8px; font-variant-numeric: tabular-nums; }
  .share i { flex: 1; height: 10px; border-radius: 5px; background: var(--bar); overflow: hidden; min-width: 40px; position: relative; }
  .share i::before { content: ''; position: absolute; inset-block: 0; inset-inline-start: 0; width: var(--part); background: var(--st-primary-color); }
  .share i.over-full::before { background: repeating-linear-gradient(135deg, var(--amber) 0 4px, transparent 4px 7px), var(--st-primary-color); }
  .share > span { min-width: 4.2em; text-align: end; white-space: nowrap; }
  .share b { font-weight: 400; display: block; } .share .small { display: block; }

  @media (max-width: 1080px) {
    tr { grid-template-columns: 160px minmax(0, 1fr) minmax(0, .7fr) 204px; grid-template-areas: 'why why who who' 'pain share last acts'; row-gap: 10px; }
    .c-why { grid-area: why; } .c-who { grid-area: who; } .c-pain { grid-area: pain; } .c-share { grid-area: share; } .c-last { grid-area: last; } .c-acts { grid-area: acts; }
    .pain { margin: 0; } .pain b { min-width: 0; }
  }
  @media (max-width: 620px) {
    tr { grid-template-columns: 1fr 1fr; grid-template-areas: 'who who' 'why why' 'pain share' 'last last' 'acts acts'; }
    td.c-last::before { display: inline; } td.c-last::before { content: attr(data-label) ': '; }
    .over { flex-wrap: wrap; }
  }
`;

export default function mount(component) {
  const { parentElement: parent, data } = component;
  let list = lists.get(parent);
  if (!list) {
    const style = document.createElement('style');
    style.textContent = STYLE;
    list = {
      root: make('div', 'coach'),
      said: make('p', 'said', { role: 'status' }),
      alarm: make('div', 'coach alarm', { role: 'alert' }),
      held: false,
    };
    parent.append(style, list.said, list.alarm, list.root);
    list.root.addEventListener('pointerdown', () => hold(list));
    lists.set(parent, list);
  }
  list.component = component;
  announce(list, data);
  refresh(list, data);
  return () => lists.delete(parent);
}

/** Draw new data; unchanged data changes nothing, and nothing moves while a finger is down. */
function refresh(list, data) {
  const looks = JSON.stringify({ ...data, said: '' });
  if (list.looks === looks) {
    if (list.said.textContent !== data.said) list.said.textContent = data.said;
    for (const each of list.root.querySelectorAll('button:disabled')) each.disabled = false;
    return;
  }
  if (list.held) {
    list.waiting = data;
    return;
  }
  list.looks = looks;
  list.waiting = null;
  draw(list, data);
}

function hold(list) {
  list.held = true;
  const release = () => {
    list.held = false;
    // The click follows after the finger is lifted, and must still hit the row that was touched.
    setTimeout(() => list.waiting && !list.held && refresh(list, list.waiting), 50);
  };
  for (const name of ['pointerup', 'pointercancel']) window.addEventListener(name, release, { once: true });
}

/** Show a red flag that arrived since the list was opened, on top, until it is closed. */
function announce(list, { alarms, words }) {
  const known = list.alarms;
  list.alarms = new Set(alarms.map((each) => each.key));
  const fresh = known ? alarms.filter((each) => !known.has(each.key)) : [];
  if (!fresh.length) return;
  const close = text('button', words.dismiss, '', { type: 'button' });
  close.addEventListener('click', () => list.alarm.replaceChildren());
  list.alarm.replaceChildren(...fresh.map((each) => text('p', words.alarm.replace('{what}', each.text))), close);
}

function draw(list, data) {
  const root = list.root.getRootNode();
  const held = root.activeElement?.dataset?.act;
  const place = root.activeElement?.selectionStart ?? null;
  list.root.replaceChildren(chips(list, data.chips, data.words), chips(list, data.finer, data.words), ...data.sections.map((section) => part(list, section, data.words)));
  if (list.said.textContent !== data.said) list.said.textContent = data.said;
  if (!held) return;
  const again = [...list.root.querySelectorAll('button, input')].find((each) => each.dataset.act === held && !each.disabled);
  (again ?? list.root.querySelector('h2'))?.focus();
  if (place !== null) again?.setSelectionRange?.(place, place);
}

function act(list, what) {
  for (const button of list.root.querySelectorAll('button')) button.disabled = true;
  // A click that the server never answers must not block the page.
  setTimeout(() => list.root.querySelectorAll('button').forEach((button) => (button.disabled = false)), 4000);
  list.component.setTriggerValue('act', what);
}

function button(list, text, what, attributes = {}, name = '') {
  const made = make('button', name, { type: 'button', 'data-act': JSON.stringify(what), ...attributes });
  if (text) made.textContent = text;
  made.addEventListener('click', () => act(list, what));
  return made;
}

function chips(list, all, words) {
  if (!all.length) return make('div');
  const row = make('div', 'chips', { role: 'group', 'aria-label': words.reasons });
  for (const chip of all) {
    const made = button(list, '', { act: 'reason', reason: chip.reason }, { 'aria-pressed': String(chip.on) });
    if (chip.shape) made.append(shape(chip.shape, chip.tone));
    made.append(text('span', chip.text), ' ', text('b', String(chip.count)));
    row.append(made);
  }
  return row;
}

function part(list, section, words) {
  const box = make('section', '', { 'aria-labelledby': `s-${section.id}` });
  const over = make('div', 'over');
  const title = make('h2', '', { id: `s-${section.id}`, tabindex: '-1' });
  title.append(section.title, text('span', String(section.count)));
  over.append(title, make('span', 'line', { 'aria-hidden': 'true' }));
  if (section.rows.length && section.fold === null) over.append(text('span', words.times, 'small'));
  if (section.fold !== null && section.count) {
    const open = section.fold === false;
    over.append(button(list, open ? words.hide : words.show, { act: 'fold', section: section.id, open: !open }, {
      'aria-expanded': String(open), 'aria-label': `${open ? words.hide : words.show}: ${section.title}` }));
  }
  box.append(over);
  if (section.calm) box.append(calm(list, section.calm));
  if (section.empty) box.append(text('p', section.empty, 'empty'));
  if (section.rows.length) box.append(table(words.columns, section.rows.map((row) => line(list, row, words)), { 'aria-labelledby': `s-${section.id}` }));
  if (section.pages) box.append(pages(section.pages, words, (label, offset) => button(list, label, { act: 'page', section: section.id, offset })));
  return box;
}

/** Nobody needs the viewer: a drawing, why that is so, and what to do next. */
function calm(list, { picture, text: told, more, to, act: label }) {
  const box = make('div', 'calm');
  box.append(make('img', '', { src: picture, alt: '', width: '240', height: '130' }), text('p', told, 'name'), text('p', more, 'small'));
  if (to) box.append(button(list, label, { act: 'go', to }, {}, 'review'));
  return box;
}

function line(list, row, words) {
  const made = make('tr', row.reasons[0].tone === 'red' ? 'red-row' : '', { role: 'row' });
  const [, , pain, share, last] = words.columns;
  const who = make('th', 'c-who', { role: 'rowheader', scope: 'row' });
  who.append(text('span', row.name, 'name'));
  for (const each of row.place) who.append(text('span', each, 'small'));
  made.append(cell('c-why', '', why(row.reasons)), who, cell('c-pain', pain, painOf(row.pain)), cell('c-share', share, shareOf(row.share)),
    cell('c-last', last, text('span', row.last)), cell('c-acts', '', acts(list, row, words)));
  return made;
}

function acts(list, row, words) {
  const box = make('div', 'acts');
  const marks = list.marking?.patient === row.patient;
  // Stored; a refused one stays open with its note
  if (marks && !row.seen.length) list.marking = null;
  if (marks && row.seen.length) {
    box.append(marking(list, row, words));
    return box;
  }
  if (row.seen.length) {
    const opens = text('button', words.seen, '', { type: 'button', 'aria-label': `${words.seen}: ${row.name}`, 'data-act': `mark ${row.patient}` });
    opens.addEventListener('click', () => mark(list, { patient: row.patient, note: '' }));
    box.append(opens);
  }
  if (row.marks.length) box.append(button(list, words.undo, { act: 'undo', patient: row.patient, marks: row.marks, seq: row.seq }, { 'aria-label': `${words.undo}: ${row.name}` }));
  box.append(button(list, words.review, { act: 'review', patient: row.patient }, { 'aria-label': `${words.review}: ${row.name}` }, 'review'));
  return box;
}

/** Open or close the form for "seen"; it stays when the list is drawn again. */
function mark(list, marking) {
  const was = list.marking?.patient ?? marking?.patient;
  list.marking = marking;
  draw(list, list.component.data);
  const root = list.root;
  (root.querySelector('.marking input') ?? root.querySelector(`[data-act="mark ${was}"]`))?.focus();
}

function marking(list, row, words) {
  // Not a <form>: the click that a browser makes of Enter there would be a second tap to the guard.
  const box = make('div', 'marking', { role: 'group', 'aria-label': `${words.mark}: ${row.name}` });
  const label = text('label', words.note);
  const note = make('input', '', { type: 'text', maxlength: '200', autocomplete: 'off', 'data-act': `note ${row.patient}` });
  note.value = list.marking.note;
  note.addEventListener('input', () => (list.marking.note = note.value));
  label.append(note);
  const done = () => act(list, { act: 'seen', patient: row.patient, needs: row.seen, seq: row.seq, note: note.value });
  const send = text('button', words.mark, 'review', { type: 'button', 'aria-label': `${words.mark}: ${row.name}` });
  send.addEventListener('click', done);
  const cancel = text('button', words.cancel, '', { type: 'button' });
  cancel.addEventListener('click', () => mark(list, null));
  box.addEventListener('keydown', (event) => event.key === 'Escape' && mark(list, null));
  note.addEventListener('keydown', (event) => event.key === 'Enter' && !event.isComposing && done());
  box.append(label, send, cancel);
  return box;
}

function why(reasons) {
  const made = make('ul', 'why');
  for (const reason of reasons) {
    const item = make('li', reason.tone);
    const words = make('span');
    words.append(text('span', reason.text, 'head'));
    if (reason.more) words.append(text('span', reason.more, 'more'));
    if (reason.seen) words.append(text('span', reason.seen, 'more by'));
    item.append(shape(reason.shape), words);
    made.append(item);
  }
  return made;
}

function painOf(pain) {
  const box = make('div', 'pain');
  box.append(text('b', pain.text, pain.word ? 'word' : ''));
  if (!pain.points.length) return box;
  const [width, height] = [100, 34];
  const drawing = svg('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': pain.label });
  const x = (day) => 3 + (day / pain.days) * (width - 6);
  const y = (score) => 3 + (1 - score / 10) * (height - 6);
  drawing.append(svg('path', { d: `M0 ${y(0)}H${width}`, stroke: 'currentColor', 'stroke-opacity': '.25' }));
  let path = '';
  let before = null;
  for (const [day, score] of pain.points) {
    path += `${before === day - 1 ? 'L' : 'M'}${x(day).toFixed(1)} ${y(score).toFixed(1)}`;
    before = day;
  }
  drawing.append(svg('path', { d: path, fill: 'none', stroke: 'currentColor', 'stroke-width': '2', 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }));
  pain.points.forEach(([day, score], at) => {
    const lonely = pain.points[at - 1]?.[0] !== day - 1 && pain.points[at + 1]?.[0] !== day + 1;
    const end = at === pain.points.length - 1;
    if (lonely || end) drawing.append(svg('circle', { cx: x(day), cy: y(score), r: end ? 3.5 : 2, fill: 'currentColor' }));
  });
  box.append(drawing);
  return box;
}

function shareOf(share) {
  const box = make('div', 'share');
  if (share.part !== null) {
    const bar = make('i', share.part > 1 ? 'over-full' : '', { 'aria-hidden': 'true' });
    bar.style.setProperty('--part', `${Math.min(100, Math.round(share.part * 100))}%`);
    box.append(bar);
  }
  const words = make('span');
  words.append(text('b', share.text), text('span', share.of, 'small'));
  box.append(words);
  return box;
}

function shape(name, tone = '') {
  const made = svg('svg', { viewBox: '0 0 20 20', 'aria-hidden': 'true', class: tone });
  const [full, line] = SHAPES[name] ?? SHAPES.begin;
  if (full) made.append(svg('path', { d: full, fill: 'currentColor' }));
  const bars = name === 'low' || name === 'partly';
  const onFull = full && !bars;
  made.append(svg('path', { d: line, fill: 'none', stroke: onFull ? 'var(--st-background-color)' : 'currentColor',
    'stroke-width': onFull ? '2.2' : bars ? '1.2' : '2', 'stroke-linecap': 'round', 'stroke-linejoin': 'round' }));
  return made;
}
