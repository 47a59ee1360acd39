// The session player: plays the cues, keeps the run, hands over to the questions. Entry point of the component.
// It knows no time, no number and no sentence of its own: all of that is in `component.data`.

const version = new URL(import.meta.url).search; // the files are cached for ever, so all carry the same version
const [outbox, { openRun }, { Playback, CueList, startTicking }, { Sound }, { Stage }, { Asking }, questions, device, { el, fill, followTheme }] =
  await Promise.all(
    ['outbox', 'run', 'playback', 'sound', 'stage', 'asking', 'questions', 'device', 'dom'].map((name) => import(`./${name}.js${version}`)),
  );

// The guard holds the taps; the keys that belong to no button wait here.
const READY_MS = window.coachGuard?.readyMs ?? 0;
const OTHER_TAB_AFTER_MS = 300;
const SEND_ON_MS = 60_000;
const PLAYER = 'data-coach-player'; // of the whole document: what runs here needs no server
const AWAY = 'data-coach-away'; // set by the page while its server does not answer
const HELP = 'data-coach-help'; // set while warning signs lie over the page

const players = new WeakMap();

export default function mount(component) {
  const { parentElement: parent, data } = component;
  if (!data?.session) return () => {};
  let player = players.get(parent);
  if (player && player.data.session !== data.session && !player.busy) {
    player.close();
    player = null;
  }
  if (player) player.rerun(component);
  else players.set(parent, (player = new Player(component)));
  return () => {
    player.close();
    if (players.get(parent) === player) players.delete(parent);
  };
}

class Player {
  constructor(component) {
    this.component = component;
    this.data = component.data;
    this.cueList = new CueList(this.data.cues, this.data.ends_s);
    this.still = matchMedia('(prefers-reduced-motion: reduce)');
    this.awake = new device.Wakefulness();
    this.closing = new AbortController();
    this.build(component.parentElement);
    this.open();
  }

  /** Started and not left yet: no rerun may take it away. */
  get busy() {
    return Boolean(this.run) && this.run.phase !== 'ready' && !this.left;
  }

  rerun(component) {
    this.component = component;
    followTheme(this.root);
  }

  // -------------------------------------------------------------- set-up

  build(parent) {
    this.status = el('div', { class: 'unseen', role: 'status', 'aria-live': 'polite', 'aria-atomic': 'true' });
    this.body = el('div', { class: 'body' });
    this.saved = el('p', { class: 'saved', testid: 'saved-state', role: 'status' });
    this.refusals = el('div', { class: 'refusals' });
    this.root = el('div', { class: 'coach', testid: 'player', lang: this.data.lang }, this.status, this.body);
    const show = () => this.root.classList.add('styled');
    this.style = el('link', { rel: 'stylesheet', href: this.data.css, onload: show, onerror: show });
    parent.append(this.style, this.root);
    followTheme(this.root);
    const { signal } = this.closing;
    this.root.addEventListener('click', () => (this.touched = true), { capture: true, signal });
    // On window and first: Streamlit's own keys must never hear what is meant for the player.
    window.addEventListener('keydown', (event) => device.hearKey(event, this.root, this.keys()), { capture: true, signal });
    document.addEventListener('visibilitychange', () => this.seen(), { signal });
    window.addEventListener('pagehide', () => this.asking?.settle(), { signal });
    // The page's own warning signs over the player: nothing goes on unseen, and a yes ends the session.
    window.addEventListener('coach:help', () => this.playback && this.pause(), { signal });
    window.addEventListener('coach:flag', () => this.flagged(), { signal });
    window.addEventListener('coach:server', () => this.showServer(), { signal });
    document.documentElement.toggleAttribute(PLAYER, true);
  }

  async open() {
    const { data, cueList } = this;
    const taken = () => this.show(questions.otherTab(data, { leave: () => location.assign('/') }));
    this.unlock = await device.onlyHere(data.session, { taken, afterMs: OTHER_TAB_AFTER_MS, signal: this.closing.signal });
    if (this.closed) return this.unlock();
    this.run = await openRun(data, cueList);
    this.run.onPost = () => this.delivered(this.delivery);
    if (this.closed) return;
    const { voice, tones } = this.run.row;
    this.sound = new Sound({ lang: data.lang, voice, tones });
    const outcome = { saved: this.saved, refusals: this.refusals, leave: () => this.leave() };
    this.asking = new Asking({ data, run: this.run, show: (node) => this.show(node), outcome });
    this.sender = outbox.start({ owner: data.owner, endpoint: data.endpoint, onChange: (state) => this.delivered(state) });
    outbox.settleOtherRuns(data.owner, data.session).catch(() => {});
    this.carryOn();
  }

  /** Show the screen of the phase the run is in: the first one, or where a reload cut it off. */
  carryOn() {
    const { phase, cue } = this.run.row;
    if (phase === 'ready') this.first();
    else if (phase === 'playing') {
      this.show(questions.resume(this.data, this.where(cue), { resume: () => this.begin(), stop: () => this.stop() }));
    } else this.asking.open();
  }

  where(i) {
    const { set, side, rep } = this.cueList.about(i);
    const { name, reps } = this.data.sets[set];
    const { words } = this.data;
    return [name, words[side], fill(words.rep_of, { n: rep, m: reps })].filter(Boolean).join(', ');
  }

  first() {
    const toggle = (what) => () => {
      this.toggle(what);
      this.first();
      this.root.querySelector(`[data-testid=${what}]`).focus();
    };
    const on = { start: () => this.begin(), leave: () => this.leave('left'), voice: toggle('voice'), tones: toggle('tones') };
    this.show(questions.first(this.data, on, this.sound));
  }

  show(node) {
    const again = this.body.firstChild?.className === node.className;
    this.body.replaceChildren(node);
    this.showServer();
    if (!again) this.shownAt = performance.now();
    this.status.textContent = '';
    // Before the first tap the page keeps its own focus and place.
    if (!this.touched) return;
    this.root.querySelector('.title').focus({ preventScroll: true });
    if (this.root.getBoundingClientRect().top < 0) this.root.scrollIntoView({ block: 'start' });
  }

  // -------------------------------------------------------------- playing

  get onStage() {
    return Boolean(this.stage) && this.body.contains(this.stage.node);
  }

  begin() {
    this.touched = true;
    if (!this.stage) this.makeStage();
    this.run.row.phase = 'playing';
    this.playback.seek(Math.min(this.run.row.cue, this.data.cues.length - 1));
    this.run.save();
    this.resume();
  }

  makeStage() {
    this.playback = new Playback(this.cueList, {
      cue: (i, due) => this.cue(i, due),
      credit: (i) => this.credit(i),
      slept: () => this.paused(this.data.words.paused_sleep),
      finished: () => this.finish(null),
    });
    const on = Object.fromEntries(['pause', 'resume', 'back', 'skip', 'stop'].map((act) => [act, () => this[act]()]));
    this.stage = new Stage(this.data, this.cueList, { ...on, voice: () => this.toggle('voice'), tones: () => this.toggle('tones') });
    this.stage.showSound(this.sound);
    this.delivered(this.delivery);
    this.stopTicking = startTicking(() => this.tick());
  }

  tick() {
    if (!this.playback.running || this.unnoticed()) return;
    const before = this.playback.last;
    this.playback.tick();
    if (!this.playback.running) return;
    this.run.row.played_ms += this.playback.last - before;
    this.stage.showTime(this.playback.left(), !this.still.matches);
  }

  /** Nobody sees the screen and nothing leads them by ear: it waits for them, as after a sleep. Says whether it does. */
  unnoticed() {
    if (document.visibilityState !== 'hidden' || this.sound.heard) return false;
    this.playback.pause();
    this.paused(this.data.words.paused_unseen);
    return true;
  }

  /** The smooth ring. It also plays what is due, so that a cue that is seen is not up to a tick late. */
  frame() {
    cancelAnimationFrame(this.frames);
    if (!this.playback.running || this.still.matches) return;
    this.frames = requestAnimationFrame(() => {
      this.tick();
      this.frame();
    });
  }

  cue(i, due_ms) {
    const cue = this.data.cues[i];
    const at_ms = performance.now();
    this.sound.play(cue);
    if (cue.kind !== 'count') {
      this.stage.showCue(i);
      this.status.textContent = cue.label;
      if (cue.rep) this.run.began(cue.set);
      this.save();
    }
    window.dispatchEvent(new CustomEvent('coach:cue', { detail: { index: i, kind: cue.kind, due_ms, at_ms } }));
  }

  credit(i) {
    const { set } = this.data.cues[i];
    this.run.credit(i);
    if (document.visibilityState === 'hidden' && !this.sound.surelyHeard) this.run.doubt(set);
    this.stage.showProgress(this.run.progress);
    const last = this.cueList.creditsOf.get(set).at(-1) === i;
    this.save(last ? this.run.setDone(set) : []);
  }

  save(posts) {
    const { row } = this.run;
    row.cue = this.cueList.resumeAt(this.playback.current);
    row.set = this.cueList.about(row.cue).set;
    this.run.save(posts);
  }

  pause() {
    if (!this.playback.running || this.tooSoon()) return;
    this.playback.pause();
    this.paused();
  }

  /** A shaky double tap must not pause and carry on at once. */
  tooSoon() {
    const soon = performance.now() - this.toggledAt < READY_MS;
    if (!soon) this.toggledAt = performance.now();
    return soon;
  }

  paused(why) {
    this.sound.hush();
    this.stage.showPaused(true, why);
    this.status.textContent = why ?? this.data.words.paused;
    this.awake.letSleepLater();
    this.save();
  }

  resume() {
    if (this.playback.running || (this.onStage && this.tooSoon())) return;
    this.toggledAt = performance.now();
    this.sound.unlock();
    this.awake.stay();
    if (!this.onStage) this.show(this.stage.node);
    this.showAt();
    this.stage.showPaused(false);
    this.playback.resume();
    this.stage.title.focus({ preventScroll: true });
    this.frame();
  }

  showAt() {
    this.stage.showCue(this.playback.current);
    this.stage.showTime(this.playback.left(), true);
    this.stage.showProgress(this.run.progress);
  }

  back() {
    let target = this.playback.backTo();
    // What is in the outbox stands: a finished set is not done over.
    if (this.run.posted(this.data.cues[target].set)) target = this.cueList.shown(this.playback.current);
    else this.run.uncredit(target);
    this.goTo(target);
  }

  skip() {
    const { set } = this.cueList.about(this.playback.current);
    const posts = this.run.setDone(set);
    const target = this.cueList.afterSet(set);
    if (target < this.data.cues.length && target > this.playback.current) this.goTo(target, posts);
    else this.finish(null, posts);
  }

  goTo(i, posts) {
    this.sound.hush();
    this.playback.seek(i);
    this.stage.newAt = performance.now();
    this.showAt();
    this.stage.showPaused(!this.playback.running);
    this.save(posts);
  }

  stop() {
    if (this.playback?.running) {
      this.playback.pause();
      this.paused();
    }
    const back = () => (this.playback ? this.resume() : this.carryOn());
    this.show(questions.stopReasons(this.data, { choose: (reason) => this.stopped(reason), back }));
  }

  stopped({ id, check }) {
    const { row } = this.run;
    Object.assign(row, { stop_reason: id, checks: Boolean(check) });
    this.finish(id, this.run.setDone(this.cueList.about(this.playback?.current ?? row.cue).set));
  }

  finish(reason, posts = []) {
    this.playback?.pause();
    this.endPlaying();
    this.run.row.phase = 'pain';
    this.run.save([...posts, ...this.run.finished(reason)]);
    this.asking.open();
  }

  endPlaying() {
    this.stopTicking?.();
    cancelAnimationFrame(this.frames);
    this.awake.letSleep();
  }

  toggle(what) {
    this.sound[what] = this.run.row[what] = !this.sound[what];
    if (what === 'voice' && !this.sound.voice) this.sound.hush();
    this.stage?.showSound(this.sound);
  }

  // -------------------------------------------------------------- around it

  /** The outbox's word on what has arrived. */
  delivered(state = { pending: 0, refused: [] }) {
    this.delivery = state;
    const { words, session } = this.data;
    const writing = this.run.unwritten > 0; // on its way into the outbox is not saved, not even on this device
    const waits = writing || state.pending > 0;
    const text = writing ? words.saving : waits ? words.waiting : this.run.postedAnything ? words.saved : '';
    for (const node of [this.saved, this.stage?.saved]) {
      if (!node || node.textContent === text) continue;
      node.textContent = text;
      node.toggleAttribute('data-waiting', waits);
    }
    const whys = state.refused.filter((item) => item.session === session && item.why).map(({ why }) => fill(words.refused, { why }));
    if (state.closed) this.closedBy(state.closed);
    if (this.closedWhy) whys.unshift(this.closedWhy);
    this.refusals.replaceChildren(...[...new Set(whys)].map((why) => el('p', {}, why)));
    if (this.left && !state.pending) this.run.forget();
  }

  /** A warning sign or a clinician closed everything meanwhile: the session ends here, with what was done. */
  closedBy(why) {
    if (!this.onStage) return;
    this.closedWhy = why;
    this.stopped({ id: 'interrupted', check: false });
  }

  /** A warning sign was told over the player: nothing of the session goes on, with or without a server. */
  flagged() {
    if (this.run?.phase === 'playing') this.stopped({ id: 'unwell', check: false });
    else if (this.run?.phase === 'ready') this.body.querySelector('[data-testid=start]')?.remove();
  }

  /** Back to Today needs the server: it is marked while there is none. */
  showServer() {
    const away = document.documentElement.hasAttribute(AWAY);
    for (const node of this.body.querySelectorAll('[data-testid=leave], [data-testid=back-to-today]')) {
      node.toggleAttribute('disabled', away);
    }
  }

  /** Back to Today: `how` is done, or left where it was never begun. */
  leave(how = 'done') {
    this.left = true;
    this.run.forget();
    this.component.setTriggerValue(how, { session: this.data.session });
  }

  seen() {
    if (document.visibilityState === 'hidden') {
      this.asking?.settle();
      if (this.playback?.running) this.unnoticed();
    } else if (this.playback?.running) {
      this.awake.stay();
      this.frame();
    }
  }

  /** What is shown now has not been seen yet. */
  isNew() {
    return performance.now() - Math.max(this.shownAt, this.stage?.newAt ?? 0) < READY_MS;
  }

  keys() {
    if (document.documentElement.hasAttribute(HELP)) return {};
    if (this.onStage) {
      const toggle = () => (this.playback.running ? this.pause() : this.resume());
      const always = { ' ': toggle, Escape: () => this.stop() };
      return this.isNew() ? always : { ...always, b: () => this.back(), n: () => this.skip() };
    }
    if (this.isNew()) return {};
    const back = this.body.querySelector('.stop-reasons [data-testid=question-back]');
    return back ? { Escape: () => back.click() } : {};
  }

  close() {
    if (this.closed) return;
    if (this.playback?.running) {
      this.playback.pause();
      this.save();
    }
    this.asking?.settle();
    this.closed = true;
    document.documentElement.toggleAttribute(PLAYER, false);
    this.endPlaying();
    this.sound?.close();
    this.closing.abort();
    // What was done must not depend on this screen staying open: write first, send on for a while.
    const writing = this.run?.writing ?? Promise.resolve();
    writing.finally(() => this.unlock?.());
    setTimeout(() => this.sender?.stop(), SEND_ON_MS);
    this.root.remove();
    this.style.remove();
  }
}
