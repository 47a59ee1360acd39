// After playing: pain, the check after a stop for pain, effort, a note, the end. One question a
// screen.

const version = new URL(import.meta.url).search;
const [screens, { fill }] = await Promise.all(['screens', 'dom'].map((name) => import(`./${name}.js${version}`)));

const SETTLE_MS = 60_000;

export class AfterSession {
  /**
   * `show(node)` shows a screen; `outcome` holds what the last screens share: leave, saved,
   * refusals.
   */
  constructor({ data, record, show, outcome }) {
    Object.assign(this, { data, record, outcome });
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
    const summary = this.record.row.stop_reason ? '' : this.summary();
    this.show(screens.pain(this.data, { choose, skip: () => choose(null), summary }, this.record.answers.pain));
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
    this.show(screens.effort(this.data, { choose, skip: () => choose(null), back: this.back('pain') }, this.record.answers.effort));
  }

  note() {
    const keep = (text) => (this.record.answers.note = text || null);
    const done = (text) => {
      keep(text);
      this.record.row.phase = 'end';
      this.record.save(this.record.unsettled());
      this.end();
    };
    this.show(screens.note(this.data, { save: done, skip: () => done(null), back: this.back('effort'), typing: keep }, this.record.answers.note));
  }

  /** How long each test took, how many exercises count, and how long it all took; '' when none counts. */
  summary() {
    const { words, lang, sets } = this.data;
    const n = this.record.progress.filter((share) => share >= this.data.set_counts_from).length;
    const minutes = fill(words.minutes, { n: Math.max(1, Math.round(this.record.row.played_ms / 60_000)) }, lang);
    const results = Object.entries(this.record.row.results ?? {}).map(([set, s]) => `${sets[set].name}: ${fill(words.seconds, { n: s }, lang)}.`);
    return n ? [...results, fill(words.done_summary, { n, minutes }, lang)].join(' ') : '';
  }

  end() {
    const { advice } = this.data;
    const { stop_reason, answers } = this.record.row;
    const said = advice?.[stop_reason === 'pain' ? 'pain' : 'finished']?.[String(answers.pain ?? 'missing')];
    this.show(screens.end(this.data, { stopped: Boolean(stop_reason), summary: this.summary(), advice: said }, this.outcome));
  }
}
