// The screens before and after playing. Each function builds one screen; the caller says what a tap
// does.

const version = new URL(import.meta.url).search;
const [{ button, call, drawing, el, fill, whole }, { lead }] = await Promise.all(['dom', 'whole_list'].map((name) => import(`./${name}.js${version}`)));

const heading = (text) => el('h2', { class: 'title', tabindex: '-1' }, text);
const screen = (kind, ...children) => {
  const node = el('section', { class: `screen ${kind}` }, children);
  // By which the guard recognises it
  node.dataset.screen = `${kind} ${node.querySelector('.title')?.textContent}`;
  return node;
};
const paragraphs = (text) => String(text).split('\n').filter(Boolean).map((line) => el('p', {}, line));

/** The buttons "back" and "skip" at the bottom of a question. */
function footer(words, { back, skip, skipWord = words.skip_question, backWord = words.question_back ?? words.no_back, picture = 'previous' }) {
  if (!back && !skip) return null;
  return el(
    'div',
    { class: 'footer' },
    back && button(backWord, { kind: 'quiet', picture, testid: 'question-back', onclick: back }),
    skip && button(skipWord, { kind: 'quiet', testid: 'skip-question', onclick: skip }),
  );
}

export function first(data, { start, voice, tones, leave }, sound) {
  const { words, sets } = data;
  const dose = (set) => set.dose ?? (set.sides > 1 ? `${set.sides} \u00d7 ${set.reps}` : `${set.reps} \u00d7`);
  const toggle = (id, label, on, onclick) =>
    button(label, { kind: 'quiet', picture: id, testid: id, onclick, 'data-off': !on }, el('span', { class: 'state' }, on ? words.on : words.off));
  return screen(
    'first',
    drawing(sets[0].drawing, sets[0].name),
    el('h2', { class: 'title', tabindex: '-1' }, sets[0].position),
    el('ol', { class: 'sets' }, sets.map((set) => el('li', {}, el('span', { class: 'name' }, set.name), el('span', { class: 'dose' }, dose(set))))),
    el(
      'div',
      { class: 'controls' },
      button(words.start, { kind: 'filled wide', picture: 'resume', testid: 'start', onclick: start }),
      toggle('voice', words.voice, sound.voice, voice),
      toggle('tones', words.tones, sound.tones, tones),
    ),
    button(words.back_to_today, { kind: 'quiet', picture: 'previous', testid: 'leave', onclick: leave }),
    el('p', { class: 'keyboard' }, words.keyboard),
  );
}

export function resume(data, where, { resume, stop }) {
  const { words } = data;
  return screen(
    'resume-at',
    heading(fill(words.resume_at, { where })),
    button(words.resume, { kind: 'filled wide', picture: 'resume', testid: 'resume', onclick: resume }),
    button(words.stop, { picture: 'stop', testid: 'stop', onclick: stop }),
  );
}

/** No dead end: what runs elsewhere is left alone, and Today is one tap away. */
export function otherTab(data, { leave }) {
  return screen('other-tab', heading(data.words.other_tab), button(data.words.back_to_today, { kind: 'filled wide', picture: 'previous', testid: 'leave-other-tab', onclick: leave }));
}

export function stopReasons(data, { choose, back }) {
  return screen(
    'stop-reasons',
    heading(data.words.sure_stop),
    el('div', { class: 'choices' }, data.stop_reasons.map((reason) => button(reason.label, { testid: `stop-reason-${reason.id}`, onclick: () => choose(reason) }))),
    footer(data.words, { back, backWord: data.words.resume, picture: 'resume' }),
  );
}

const placed = (place) => el('p', { class: 'place' }, place);

export function pain(data, { choose, skip, back, place }, chosen) {
  const choice = ({ value, label, word }) =>
    el(
      'button',
      { type: 'button', class: 'button choice', testid: `pain-${value}`, 'aria-pressed': chosen === value ? 'true' : null, onclick: () => choose(value) },
      el('span', { class: 'number' }, label),
      word && el('span', { class: 'meaning' }, word),
    );
  const plain = data.pain.choices.some(({ value }) => typeof value === 'string');
  return screen(
    'pain',
    placed(place),
    heading(data.pain.question),
    el('div', { class: plain ? 'choices' : 'choices scale' }, data.pain.choices.map(choice)),
    footer(data.words, { back, skip: data.pain.optional && skip }),
  );
}

/** All warning signs by urgency; the caller says what a tap does. */
const signs = (groups, flag) =>
  groups.map(({ level, title, flags }) =>
    el(
      'section',
      { class: 'choices signs', 'data-level': level },
      el('h3', {}, whole(title)),
      flags.map((one) => button(one.text, { testid: `flag-${one.id}`, style: `--sign: var(--coach-sign-${one.id}, var(--coach-icon-warning))`, onclick: () => flag(one) })),
    ),
  );

/**
 * A screen with all warning signs and "None of these". `scroller` is what scrolls; `above` and `below`
 * stand around the list.
 */
export function signList(kind, { title, groups, words, scroller, above = [], below = [] }, { flag, none, testid }) {
  const answer = button(words.none, { kind: 'filled wide none', testid, onclick: none });
  const node = screen(kind, heading(title), ...above, ...signs(groups, flag), answer, ...below);
  lead({ scroller, box: node, word: words.on, answer: () => answer, items: () => [...node.querySelectorAll('.signs .button')] });
  return node;
}

export function check(data, { flag, none, back }) {
  const { question, groups } = data.check;
  const told = { title: question, groups, words: data.check, scroller: document.querySelector('.stMain'), below: [footer(data.words, { back })].filter(Boolean) };
  return signList('check', told, { flag, none, testid: 'none' });
}

export function confirmFlag(data, flag, { yes, no }) {
  const { words } = data;
  return screen(
    'confirm',
    heading(words.is_it_so),
    el('p', { class: 'said' }, flag.confirm),
    button(words.yes_so, { kind: 'filled wide', testid: 'confirm-yes', onclick: yes }),
    button(words.no_back, { kind: 'plain', testid: 'confirm-no', onclick: no }),
  );
}

export function effort(data, { choose, skip, back, place }, chosen) {
  const choice = ({ value, label }) =>
    button(label, { kind: 'choice', testid: `effort-${value}`, 'aria-pressed': chosen === value ? 'true' : null, onclick: () => choose(value) });
  return screen(
    'effort',
    placed(place),
    heading(data.effort.question),
    el('div', { class: 'choices' }, data.effort.choices.map(choice)),
    footer(data.words, { back, skip, skipWord: data.words.skip_effort }),
  );
}

export function note(data, { save, skip, back, typing, place }, text) {
  const { words } = data;
  const { max, question } = data.note;
  const field = el('textarea', { testid: 'note', rows: '5', maxlength: String(max), 'aria-label': question, lang: data.lang });
  field.value = text ?? '';
  const counter = el('p', { class: 'counter' });
  const count = () => {
    counter.textContent = fill(words.of_note, { n: field.value.length, max });
    typing(field.value);
  };
  field.addEventListener('input', count);
  count();
  return screen(
    'note',
    placed(place),
    heading(question),
    field,
    counter,
    button(words.save, { kind: 'filled wide', testid: 'save', onclick: () => save(field.value.trim()) }),
    footer(words, { back, skip, skipWord: words.skip_note }),
  );
}

/** The end: what was done, how the pain went, what is next and when, and one button. */
export function end(data, { stopped, told, did, pained, advice }, { leave, saved, refusals, coming }) {
  const { words } = data;
  const what = el(
    'div',
    { class: 'what' },
    heading(stopped ? words.stopped_title : words.done_title),
    el('p', { class: 'summary', testid: 'told' }, told),
    el(
      'ul',
      { class: 'sets', testid: 'did' },
      did.map(({ name, amount }) => el('li', {}, el('span', { class: 'name' }, name), el('span', { class: 'dose' }, amount))),
    ),
  );
  const then = el(
    'div',
    { class: 'then' },
    pained && el('p', { class: 'pained', testid: 'pained' }, pained),
    advice && el('div', { class: 'advice' }, paragraphs(advice)),
    refusals,
    coming,
    button(words.back_to_today, { kind: 'filled wide', testid: 'back-to-today', onclick: leave }),
    saved,
    el('div', { class: 'reader' }, paragraphs(data.reader ?? '')),
  );
  return screen('end', what, then);
}

export function card(data, flag, { leave, saved, refusals }) {
  const { level, title, said, lines, phones } = flag.card;
  return screen(
    'card-screen',
    el(
      'div',
      { class: 'card', 'data-level': level, testid: 'card', role: 'alert' },
      heading(whole(title)),
      phones.slice(0, 1).map(call),
      said && el('p', { class: 'said' }, said),
      lines.map((line) => el('p', {}, line)),
      phones.slice(1).map(call),
    ),
    saved,
    refusals,
    el('div', { class: 'reader' }, paragraphs(data.reader ?? '')),
    button(data.words.back_to_today, { kind: 'plain wide', testid: 'back-to-today', onclick: leave }),
  );
}
