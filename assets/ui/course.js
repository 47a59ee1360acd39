// The course as a row of phases; a tap on one shows what it brings.

const drawn = new WeakMap();

const STYLE = `
  .course { font: inherit; color: var(--st-text-color); }
  .row { display: flex; gap: 3px; align-items: stretch; padding-top: 6px; }
  button { flex: 1 1 0; min-width: 0; min-height: 56px; padding: 0; border: 0; background: none; cursor: pointer; font: inherit; color: inherit; }
  .bar { position: relative; display: block; height: 20px; border: 2px solid var(--st-text-color); border-radius: 6px; overflow: hidden; }
  .fill { position: absolute; inset-block: 0; inset-inline-start: 0; background: var(--st-primary-color); }
  .mark { display: block; height: 18px; line-height: 18px; font-size: 15px; text-align: center; }
  button[aria-expanded="true"] .bar { outline: 3px solid var(--st-text-color); outline-offset: 2px; }
  button:focus-visible { outline: 3px solid var(--st-text-color); outline-offset: 2px; border-radius: 6px; }
  @media (max-width: 440px) { .row { flex-wrap: wrap; } .row button { flex: 1 0 18%; } } /* each wide enough for a finger */
  .row, .ends { direction: ltr; } /* time runs from the left to the right in every language, as in the charts */
  .ends { display: flex; justify-content: space-between; font-size: 16px; }
  .told { margin: 12px 0 0; padding: 12px 16px; border-radius: 12px; background: var(--st-secondary-background-color); }
  .told h3 { margin: 0; font-size: 20px; } .told p { margin: 4px 0; font-size: 18px; } .told ul { margin: 4px 0 0; padding-inline-start: 20px; font-size: 18px; line-height: 1.45; }
`;

export default function mount({ parentElement: parent, data }) {
  let course = drawn.get(parent);
  if (!course) {
    course = { chosen: -1, root: document.createElement('div') };
    const style = document.createElement('style');
    style.textContent = STYLE;
    parent.append(style, course.root);
    drawn.set(parent, course);
  }
  course.data = data;
  draw(course);
  return () => drawn.delete(parent);
}

function draw(course) {
  const { phases, words } = course.data;
  const row = make('div', 'row', { role: 'group', 'aria-label': words.label });
  phases.forEach((phase, index) => {
    const open = course.chosen === index;
    const button = make('button', '', { type: 'button', 'aria-expanded': String(open), 'aria-label': `${phase.name}${phase.state === 'now' ? ', ' + words.now : ''}` });
    if (phase.state === 'now') button.setAttribute('aria-current', 'step');
    const bar = make('span', 'bar');
    const fill = make('span', 'fill');
    fill.style.width = `${Math.round(phase.part * 100)}%`;
    bar.append(fill);
    const mark = make('span', 'mark');
    mark.textContent = phase.state === 'now' ? '▲' : '';
    button.append(bar, mark);
    button.addEventListener('click', () => {
      course.chosen = open ? -1 : index;
      draw(course);
      course.root.querySelectorAll('button')[index].focus();
    });
    row.append(button);
  });
  const ends = make('div', 'ends');
  const now = phases.find((phase) => phase.state === 'now');
  for (const text of [words.procedure, now ? `▲ ${now.name}` : '', words.end]) ends.append(Object.assign(make('span'), { textContent: text }));
  const parts = [row, ends];
  if (course.chosen >= 0) parts.push(told(phases[course.chosen], words));
  const root = make('div', 'course');
  root.append(...parts);
  course.root.replaceChildren(root);
}

function told(phase, words) {
  const box = make('div', 'told', { role: 'status' });
  box.append(Object.assign(make('h3'), { textContent: phase.name }), Object.assign(make('p'), { textContent: words.from.replace('{moment}', phase.from) }));
  const list = make('ul');
  for (const line of phase.lines) list.append(Object.assign(make('li'), { textContent: line }));
  box.append(list);
  return box;
}

function make(tag, name = '', attributes = {}) {
  const element = document.createElement(tag);
  if (name) element.className = name;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
