// After playing: pain, the check after stopping for it, effort, a note, the end. One question a screen.

const version = new URL(import.meta.url).search;
const [questions, { fill }] = await Promise.all(['questions', 'dom'].map((name) => import(`./${name}.js${version}`)));

const SETTLE_MS = 60_000;

export class Asking {
  /** `show(node)` shows a screen; `outcome` holds what the last screens share: leave, saved, refusals. */
  constructor({ data, run, show, outcome }) {
    Object.assign(this, { data, run, outcome });
    this.show = (node) => show((this.node = node));
  }

  /** Go to a question; the run remembers it, so that a reload asks it again. */
  ask(phase) {
    this.run.row.phase = phase;
    this.run.save();
    this.open();
  }

  open() {
    this[this.run.phase]();
  }

  answer(kind, value, next) {
    if (!this.run.posted(kind)) this.run.answers[kind] = value;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), SETTLE_MS);
    this.ask(next);
  }

  /** Back to an earlier question: only while its answer is still ours to change. */
  back(kind) {
    this.backTo = kind;
    return this.run.posted(kind) || !(kind in this.run.answers) ? null : () => this.ask(kind);
  }

  /** Hand the answers to the outbox, when nobody has changed them for a while or the page goes away. */
  settle() {
    clearTimeout(this.timer);
    if (['ready', 'playing'].includes(this.run.phase)) return;
    const posts = this.run.unsettled();
    if (!posts.length) return;
    this.run.save(posts);
    if (this.backTo && this.run.posted(this.backTo)) this.node.querySelector('[data-testid=question-back]')?.remove();
  }

  pain() {
    this.backTo = null;
    const choose = (value) => this.answer('pain', value, this.run.row.checks ? 'check' : 'effort');
    const summary = this.run.row.stop_reason ? '' : this.summary();
    this.show(questions.pain(this.data, { choose, skip: () => choose(null), summary }, this.run.answers.pain));
  }

  check() {
    const none = () => {
      this.run.row.checks = false;
      this.run.save(this.run.posts('check', 'no_red_flags', {}));
      this.ask('effort');
    };
    this.show(questions.check(this.data, { flag: (one) => this.confirm(one), none, back: this.back('pain') }));
  }

  confirm(flag) {
    this.backTo = null;
    const { row } = this.run;
    const yes = () => {
      Object.assign(row, { flag: flag.id, phase: 'card' });
      this.run.save([...this.run.posts('red_flag', 'red_flag', { flag: flag.id }), ...this.run.unsettled()]);
      this.card();
    };
    this.show(questions.confirmFlag(this.data, flag, { yes, no: () => this.check() }));
  }

  card() {
    const flag = this.data.check.flags.find(({ id }) => id === this.run.row.flag);
    this.show(questions.card(this.data, flag, this.outcome));
  }

  effort() {
    const choose = (value) => this.answer('effort', value, 'note');
    this.show(questions.effort(this.data, { choose, skip: () => choose(null), back: this.back('pain') }, this.run.answers.effort));
  }

  note() {
    const keep = (text) => (this.run.answers.note = text || null);
    const done = (text) => {
      keep(text);
      this.run.row.phase = 'end';
      this.run.save(this.run.unsettled());
      this.end();
    };
    this.show(questions.note(this.data, { save: done, skip: () => done(null), back: this.back('effort'), typing: keep }, this.run.answers.note));
  }

  /** How many exercises count, and how long it took; nothing when none counts. */
  summary() {
    const { words, lang } = this.data;
    const n = this.run.progress.filter((share) => share >= this.data.set_counts_from).length;
    const minutes = Math.max(1, Math.round(this.run.row.played_ms / 60_000));
    return n ? fill(words.done_summary, { n, minutes }, lang) : '';
  }

  end() {
    const { advice } = this.data;
    const { stop_reason, answers } = this.run.row;
    const said = advice?.[stop_reason === 'pain' ? 'pain' : 'finished']?.[String(answers.pain ?? 'missing')];
    this.show(questions.end(this.data, { stopped: Boolean(stop_reason), summary: this.summary(), advice: said }, this.outcome));
  }
}
