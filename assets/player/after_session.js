// After playing: pain, the check after a stop for pain, effort, a note, the end. One question a
// screen.

const version = new URL(import.meta.url).search;
const [screens, { fill }] = await Promise.all(['screens', 'dom'].map((name) => import(`./${name}.js${version}`)));

const SETTLE_MS = 60_000;
const QUESTIONS = ['pain', 'effort', 'note'];

export class AfterSession {
  /**
   * `show(node)` shows a screen; `outcome` holds what the last screens share: leave, saved,
   * refusals, coming. `ended()`: the last screen is shown.
   */
  constructor({ data, record, show, outcome, ended }) {
    Object.assign(this, { data, record, outcome, ended });
    this.show = (node) => show((this.node = node));
  }

  /** Go to a question; the session record keeps it, so that a reload asks it again. */
  ask(phase) {
    this.record.row.phase = phase;
    this.record.save();
    this.open();
  }

  open() {
    this[this.record.phase]();
  }

  answer(kind, value, next) {
    if (!this.record.posted(kind)) this.record.answers[kind] = value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), SETTLE_MS);
    this.ask(next);
  }

  /** Back to an earlier question: only while its answer has not been handed to the outbox. */
  back(kind) {
    this.backTo = kind;
    return this.record.posted(kind) || !(kind in this.record.answers) ? null : () => this.ask(kind);
  }

  /** Hand the answers to the outbox: after a minute without a change, or when the page is left. */
  settle() {
    clearTimeout(this.timer);
    if (['ready', 'playing'].includes(this.record.phase)) return;
    const posts = this.record.unsettled();
    if (!posts.length) return;
    this.record.save(posts);
    if (this.backTo && this.record.posted(this.backTo)) this.node.querySelector('[data-testid=question-back]')?.remove();
  }

  pain() {
    this.backTo = null;
    const choose = (value) => this.answer('pain', value, this.record.row.checks ? 'check' : 'effort');
    this.show(screens.pain(this.data, { choose, skip: () => choose(null), place: this.place('pain') }, this.record.answers.pain));
  }

  check() {
    const none = () => {
      this.record.row.checks = false;
      this.record.save(this.record.posts('check', 'no_red_flags', {}));
      this.ask('effort');
    };
    this.show(screens.check(this.data, { flag: (one) => this.confirm(one), none, back: this.back('pain') }));
  }

  confirm(flag) {
    this.backTo = null;
    const { row } = this.record;
    const yes = () => {
      Object.assign(row, { flag: flag.id, phase: 'card' });
      this.record.save([...this.record.posts('red_flag', 'red_flag', { flag: flag.id }), ...this.record.unsettled()]);
      this.card();
    };
    this.show(screens.confirmFlag(this.data, flag, { yes, no: () => this.check() }));
  }

  card() {
    const flag = this.data.check.groups.flatMap((group) => group.flags).find(({ id }) => id === this.record.row.flag);
    this.show(screens.card(this.data, flag, this.outcome));
  }

  effort() {
    const choose = (value) => this.answer('effort', value, 'note');
    this.show(screens.effort(this.data, { choose, skip: () => choose(null), back: this.back('pain'), place: this.place('effort') }, this.record.answers.effort));
  }

  note() {
    const keep = (text) => (this.record.answers.note = text || null);
    const done = (text) => {
      keep(text);
      this.record.row.phase = 'end';
      this.record.save(this.record.unsettled());
      this.end();
    };
    this.show(screens.note(this.data, { save: done, skip: () => done(null), back: this.back('effort'), typing: keep, place: this.place('note') }, this.record.answers.note));
  }

  /** Which of the questions this is; before the first stands how the session ended. */
  place(question) {
    const { words } = this.data;
    const place = fill(words.question_of, { n: QUESTIONS.indexOf(question) + 1, m: QUESTIONS.length });
    if (question !== QUESTIONS[0]) return place;
    return `${this.record.row.stop_reason ? words.stopped_title : words.done_title} ${place}`;
  }

  /** What was done, as a fact: all of it, how many exercises count, that a start was made, or nothing. */
  told(advised) {
    const { words, lang } = this.data;
    const { progress } = this.record;
    const minutes = fill(words.minutes, { n: Math.max(1, Math.round(this.record.row.played_ms / 60_000)) }, lang);
    if (progress.every((share) => share >= 1)) {
      return [fill(words.did_all, { minutes }), advised ? '' : words.well_done].filter(Boolean).join(' ');
    }
    const n = progress.filter((share) => share >= this.data.set_counts_from).length;
    if (n) return fill(words.did_some, { n, minutes }, lang);
    return progress.some((share) => share > 0) ? words.did_little : words.did_none;
  }

  /** How the pain went, by what was answered; '' without an answer. */
  pained() {
    const { words, pain } = this.data;
    const at = (score) => pain.choices.findIndex(({ value }) => value === score);
    const [from, to] = [at(pain.before), at(this.record.answers.pain)];
    if (to < 0) return '';
    const after = pain.choices[to].label;
    if (from < 0) return fill(words.pain_after, { after });
    const went = to < from ? 'down' : to > from ? 'up' : 'same';
    return `${fill(words.pain_change, { before: pain.choices[from].label, after })} ${words.pain_went[went]}`;
  }

  /** Each exercise with how often it was done of how often it was planned; a test with its time, or given up. */
  did() {
    const { progress, row } = this.record;
    const { words, lang } = this.data;
    return this.data.sets.map(({ name, kind, reps, sides }, set) => {
      const took = row.results?.[set];
      if (kind === 'test' && !progress[set] && this.record.posted(set)) return { name, amount: words.given_up };
      if (took !== undefined) return { name, amount: fill(words.seconds, { n: took }, lang) };
      const all = reps * (sides ?? 1);
      return { name, amount: fill(words.rep_of, { n: Math.round(progress[set] * all), m: all }) };
    });
  }

  end() {
    const { advice } = this.data;
    const { stop_reason, answers } = this.record.row;
    const said = advice?.[stop_reason === 'pain' ? 'pain' : 'finished']?.[String(answers.pain ?? 'missing')];
    const told = { stopped: Boolean(stop_reason), told: this.told(Boolean(said)), did: this.did(), pained: this.pained(), advice: said };
    this.show(screens.end(this.data, told, this.outcome));
    this.ended();
  }
}
