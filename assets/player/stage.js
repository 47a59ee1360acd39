// The playing screen: drawing, ring, cue, controls. It only shows; player.js decides.

// Files are cached for ever, so all are loaded with the same version
const version = new URL(import.meta.url).search;
const { button, drawing, el, fill } = await import(`./dom.js${version}`);

const RADIUS = 52;
const AROUND = 2 * Math.PI * RADIUS;

const RING = `<svg viewBox="0 0 120 120" focusable="false" aria-hidden="true">
  <circle class="track" cx="60" cy="60" r="${RADIUS}"/>
  <circle class="rest" cx="60" cy="60" r="${RADIUS}" transform="rotate(-90 60 60)" stroke-dasharray="${AROUND}"/>
</svg>`;

// Before an exercise: how to lie comes first, what to do comes with the doing.
const LIES_DOWN = new Set(['change_routine', 'ready']);
// What asks for work: while it is shown the upper part looks different as a whole.
const WORKS = new Set(['tighten', 'hold', 'point', 'pull', 'go', 'return', 'in', 'out', 'stand', 'minute', 'try']);
// At the patient's pace: the number is the rep.
const NUMBERED = new Set(['go', 'return', 'in', 'out']);
// What a tap may end, with its word.
const ENDED_BY_TAP = { go: 'next_half', return: 'next_half', minute: 'back_from_walk', try: 'test_done' };

/** Which leg works is written in the drawing, above that leg. Returns where. */
function marked(svg) {
  const text = document.createElementNS('http://www.w3.org/2000/svg', 'text');
  for (const [name, value] of Object.entries({ class: 'leg-mark', x: 350, y: 44, 'text-anchor': 'end', 'aria-hidden': 'true' })) text.setAttribute(name, value);
  svg.append(text);
  return text;
}

export class Stage {
  /** `on`: ready, act, pause, resume, back, skip, stop, voice, tones, volume, rate. */
  constructor(data, cueList, on) {
    Object.assign(this, { data, cueList, on, words: data.words, set: -1, shown: null, heldAt: null });
    this.title = el('h2', { class: 'title', tabindex: '-1' });
    this.picture = el('div', { class: 'picture' });
    this.seconds = el('span', { class: 'seconds', testid: 'ring-seconds', 'aria-hidden': 'true' });
    this.ring = el('div', { class: 'ring' });
    this.ring.innerHTML = RING; // a constant of this file
    this.ring.append(this.seconds);
    this.arc = this.ring.querySelector('.rest');
    this.cue = el('p', { class: 'cue', testid: 'cue-label' });
    this.reps = el('p', { class: 'reps', testid: 'rep-count' });
    this.leg = el('p', { class: 'leg', 'aria-hidden': 'true' }); // the title says it
    this.ready = button(data.words.ready, { kind: 'filled ready', testid: 'ready', hidden: true, onclick: (event) => this.begin(event) });
    this.act = button(' ', { kind: 'filled ready', testid: 'act', hidden: true, onclick: (event) => this.end(event) });
    const texts = [...data.sets.flatMap((set) => [set.position, set.instruction, set.change].filter(Boolean)), data.words.paused_sleep, data.words.paused_unseen];
    this.instructions = [...new Set(texts)].map((text) => el('p', {}, text));
    this.instruction = el('div', { class: 'instruction' }, this.instructions);
    this.next = el('p', { class: 'next', testid: 'next' });
    this.saved = el('p', { class: 'saved', testid: 'saved-state' });
    this.steps = data.sets.map(() => el('span', {}, el('i', {})));
    const count = el('div', { class: 'count' }, this.ring, el('div', { class: 'where' }, this.reps, this.leg, this.ready, this.act));
    this.upper = el(
      'div',
      { class: 'upper', 'data-tap': 'pause', onclick: () => on.pause() },
      el('div', { class: 'steps', 'aria-hidden': 'true' }, this.steps),
      this.title,
      el('div', { class: 'now' }, this.cue, count),
      el('div', { class: 'how' }, this.picture, this.instruction, el('div', { class: 'foot' }, this.next, this.saved)),
    );
    this.node = el('section', { class: 'stage', 'data-screen': 'stage' }, this.upper, this.controls());
    new ResizeObserver(() => this.fit()).observe(this.node);
  }

  /** Pause, Stop and More stay where they are; what is seldom needed comes up above them. */
  controls() {
    const { words, on } = this;
    this.pause = button(words.pause, { kind: 'filled', picture: 'pause', testid: 'pause', onclick: () => on.pause() });
    this.resume = button(words.resume, { kind: 'filled', picture: 'resume', testid: 'resume', onclick: () => on.resume() });
    this.back = button(words.back, { kind: 'quiet', picture: 'back', testid: 'back', onclick: () => on.back() });
    this.skip = button(words.skip, { kind: 'quiet', picture: 'skip', testid: 'skip', onclick: () => this.close(on.skip) });
    this.voice = button(' ', { kind: 'quiet', picture: 'voice', testid: 'voice', onclick: () => on.voice() });
    this.tones = button(' ', { kind: 'quiet', picture: 'tones', testid: 'tones', onclick: () => on.tones() });
    this.volume = button(' ', { kind: 'quiet', picture: 'tones', testid: 'volume', onclick: () => on.volume() });
    this.rate = button(' ', { kind: 'quiet', picture: 'voice', testid: 'rate', onclick: () => on.rate() });
    const sounds = [this.voice, this.tones, this.rate, this.volume];
    this.others = el('div', { class: 'others', id: 'others', hidden: true }, this.back, this.skip, sounds);
    this.more = button(words.more, {
      picture: 'more', testid: 'more', 'aria-expanded': 'false', 'aria-controls': 'others', onclick: () => this.open(this.others.hidden),
    });
    return el(
      'div',
      { class: 'controls' },
      el('div', { class: 'always' }, this.pause, this.resume, button(words.stop, { picture: 'stop', testid: 'stop', onclick: () => on.stop() }), this.more),
      this.others,
    );
  }

  get isOpen() {
    return !this.others.hidden;
  }

  open(open) {
    this.others.hidden = !open;
    this.more.setAttribute('aria-expanded', String(open));
  }

  showReady(shown) {
    this.ready.hidden = !shown;
    this.node.toggleAttribute('data-waits', shown);
  }

  /** What a tap ends now: half a move, a walk, a try; nothing in a rest. */
  showAct(cue, paused = false) {
    const word = this.kindOf(cue) !== 'rest' && this.words[ENDED_BY_TAP[cue.kind]];
    this.act.hidden = !word || paused;
    this.node.toggleAttribute('data-acts', !this.act.hidden);
    if (word) this.act.querySelector('.label').textContent = word;
  }

  kindOf({ set }) {
    return this.data.sets[set].kind;
  }

  end(event) {
    event.stopPropagation(); // what lies around the button pauses
    this.on.act();
  }

  /** The clock stands before a try until the patient begins it. */
  showHeld(i) {
    this.showCue(i);
    this.waits = true;
    this.showReady(true);
    this.heldAt = i;
    this.seconds.textContent = this.shownSeconds = '';
  }

  /** Whoever is ready waits no longer; what lies around the button pauses. */
  begin(event) {
    event.stopPropagation();
    this.title.focus({ preventScroll: true });
    this.on.ready();
  }

  /** Put away what "More" has brought, and do what was chosen there. */
  close(act) {
    this.open(false);
    this.title.focus({ preventScroll: true });
    act?.();
  }

  /** The name of the exercise and leg of a cue. */
  name({ set, side }) {
    const { name } = this.data.sets[set];
    return side ? [name, this.words[side]] : [name];
  }

  showCue(i) {
    const { data, words, cueList } = this;
    const cue = data.cues[cueList.shown(i)];
    const about = cueList.about(i);
    const [name, side] = this.name(about);
    // In a rest what comes next is what the screen is about, as the voice says it.
    const comes = cue.kind === 'change_routine';
    this.title.replaceChildren(comes ? fill(words.next, { what: name }) : name, side ? el('span', { class: 'unseen' }, ` \u2013 ${side}`) : '');
    this.leg.textContent = side ?? '';
    if (this.mark) this.mark.textContent = side ?? '';
    if (this.set !== about.set) this.showSet(about.set);
    this.drawing?.setAttribute('data-cue', cue.kind);
    this.drawing?.setAttribute('data-side', about.side ?? 'both');
    this.drawing?.style.setProperty('--cue-s', `${cue.until_s - cue.at_s}s`);
    this.node.dataset.cue = cue.kind;
    this.node.dataset.kind = data.sets[about.set].kind;
    this.node.style.setProperty('--cue-s', `${cue.until_s - cue.at_s}s`);
    const set = data.sets[about.set];
    this.node.toggleAttribute('data-works', WORKS.has(cue.kind) && !(cue.kind === 'minute' && set.kind === 'rest'));
    Object.assign(this, { label: cue.label, shown: cue, heldAt: null });
    this.reps.textContent = this.repText(cue, set);
    this.ready.querySelector('.label').textContent = set.kind === 'test' || comes ? words.start : words.ready;
    this.showAct(cue);
    const next = comes ? null : cueList.next(i);
    const what = next && (next.set === about.set ? words[next.side] : this.name(next).join(' \u2013 '));
    this.next.textContent = what ? fill(words.next, { what }) : '';
    this.showInstruction(LIES_DOWN.has(cue.kind) ? set.position : (cue.kind === 'change_legs' && set.change) || set.instruction);
    this.total = (cue.until_s - cue.at_s) * 1000;
    this.waits = cue.may_skip;
    this.showReady(this.waits);
    this.showWord(cue.label);
  }

  repText({ kind, rep }, { reps }) {
    const { words } = this;
    if (!rep || kind === 'try') return '';
    if (kind === 'minute') return fill(words.minutes_left, { n: reps - rep + 1 }, this.data.lang);
    return NUMBERED.has(kind) ? fill(words.of, { m: reps }) : fill(words.rep_of, { n: rep, m: reps });
  }

  showWord(text) {
    this.cue.textContent = text;
    this.fit();
  }

  /** Let a word of another language that is wider than its place be as large as there is room. */
  fit() {
    const { cue } = this;
    cue.style.setProperty('--fit', 1);
    if (cue.scrollWidth > cue.clientWidth) cue.style.setProperty('--fit', cue.clientWidth / cue.scrollWidth);
  }

  showInstruction(text) {
    for (const one of this.instructions) one.toggleAttribute('data-now', one.textContent === text);
  }

  showSet(set) {
    this.set = set;
    this.newAt = performance.now();
    // Stopping and pausing mean the same in each exercise; going back and skipping are about the
    // one that is shown.
    for (const each of [this.back, this.skip]) each.dataset.screen = set;
    const { drawing: svg, name } = this.data.sets[set];
    this.picture.replaceChildren(drawing(svg, name));
    this.drawing = this.picture.querySelector('svg');
    this.mark = this.data.sets[set].sides > 1 ? marked(this.drawing) : null;
    this.steps.forEach((step, i) => step.toggleAttribute('data-now', i === set));
  }

  /** `done`: share of each set's reps that count, 0 to 1. */
  showProgress(done) {
    this.steps.forEach((step, i) => step.firstChild.style.setProperty('width', `${100 * done[i]}%`));
  }

  /** Called on every frame or tick. */
  showTime(leftMs, smooth) {
    const { shown, total } = this;
    const { kind, rep } = shown ?? {};
    const seconds = Math.ceil(leftMs / 1000 - 0.001);
    this.showNumber(kind === 'try' ? Math.floor((total - leftMs) / 1000) : NUMBERED.has(kind) ? rep : this.minutesLeft ?? seconds);
    const left = smooth ? leftMs : seconds * 1000;
    const share = this.minutesLeft ? (left / total + this.minutesLeft - 1) / this.data.sets[shown.set].reps : total > 0 ? left / total : 0;
    this.arc.style.strokeDashoffset = AROUND * (1 - Math.min(1, Math.max(0, share)));
  }

  /** Of a walk or a rest the number is the minutes left, this one with them. */
  get minutesLeft() {
    const { kind, set, rep } = this.shown ?? {};
    return kind === 'minute' ? this.data.sets[set].reps - rep + 1 : null;
  }

  showNumber(number) {
    if (this.heldAt !== null || this.shownSeconds === number) return;
    this.seconds.textContent = this.shownSeconds = number;
    this.seconds.toggleAttribute('data-wide', number > 9);
  }

  showPaused(paused, why) {
    this.node.toggleAttribute('data-paused', paused);
    this.pause.hidden = paused;
    this.showReady(this.waits && !paused);
    if (this.shown) this.showAct(this.shown, paused);
    this.resume.hidden = !paused;
    this.showWord(paused ? this.words.paused : this.label);
    if (why) this.showInstruction(why);
  }

  showSound({ voice, tones, volume, rate }) {
    const { words } = this;
    const { choices } = this.data.sound;
    const show = (node, label, state) => node.querySelector('.label').replaceChildren(label, ' ', el('span', { class: 'state' }, state));
    for (const [node, label, on] of [[this.voice, words.voice, voice], [this.tones, words.tones, tones]]) {
      show(node, label, on ? words.on : words.off);
      node.toggleAttribute('data-off', !on);
    }
    for (const [node, label, all, now] of [[this.volume, words.volume, choices.volume, volume], [this.rate, words.rate, choices.rate, rate]]) {
      show(node, label, all.find(([value]) => value === now)?.[1] ?? '');
    }
  }
}
