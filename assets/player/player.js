// The session player, entry point of the component: plays the cues, keeps the session record, shows
// the screens. Times, numbers and sentences all come from the server, in `component.data`.

// Files are cached for ever, so all are loaded with the same version
const version = new URL(import.meta.url).search;
const [outbox, { openRecord }, { Playback, CueList, startTicking }, { Sound }, { Stage }, { AfterSession }, screens, device, { el, fill, followTheme }] =
  await Promise.all(
    ['outbox', 'session_record', 'playback', 'sound', 'stage', 'after_session', 'screens', 'device', 'dom'].map((name) => import(`./${name}.js${version}`)),
  );

// The guard delays taps on a new screen; this delays the keyboard shortcuts.
const READY_MS = window.coachGuard?.readyMs ?? 0;
const OTHER_TAB_AFTER_MS = 300;
const SEND_ON_MS = 60_000;
const LOOK_AGAIN_MS = 100;
const ASK_AGAIN_MS = 2000;
const RUNNING = '.stApp[data-test-script-state=running], .stApp[data-test-connection-state]:not([data-test-connection-state=CONNECTED])';
const ASKS = new Set(['pain', 'check', 'effort', 'note']); // phases of the record: questions after a session
const PLAYER = 'data-coach-player'; // on <html>: the player needs no server
const STAGE = 'data-coach-stage'; // set while exercises are played: nothing but that is needed on the page
const AWAY = 'data-coach-away'; // set by the page while its server does not answer
const HELP = 'data-coach-help'; // set while warning signs cover the page

const players = new WeakMap();

export default function mount(component) {
  const { parentElement: parent } = component;
  if (!component.data) return () => {};
  const data = JSON.parse(new TextDecoder().decode(component.data));
  let player = players.get(parent);
  if (player && player.data.session !== data.session && !player.busy) {
    player.close();
    player = null;
  }
  if (player) player.rerun(component, data);
  else players.set(parent, (player = new Player(component, data)));
  return () => {
    player.close();
    if (players.get(parent) === player) players.delete(parent);
  };
}

class Player {
  constructor(component, data) {
    this.component = component;
    this.data = data;
    this.cueList = new CueList(this.data.cues, this.data.ends_s);
    this.still = matchMedia('(prefers-reduced-motion: reduce)');
    this.awake = new device.Wakefulness();
    this.closing = new AbortController();
    this.build(component.parentElement);
    this.open();
  }

  /** Started and not left yet: a rerun of the page must not replace it. */
  get busy() {
    return Boolean(this.record) && this.record.phase !== 'ready' && !this.left;
  }

  /** The page ran again: what is next is known by then, if the session has ended. */
  rerun(component, data) {
    this.component = component;
    if (data.next) this.coming.textContent = data.next;
    followTheme(this.root);
  }

  // -------------------------------------------------------------- set-up

  build(parent) {
    this.status = el('div', { class: 'unseen', role: 'status', 'aria-live': 'polite', 'aria-atomic': 'true' });
    this.body = el('div', { class: 'body' });
    this.saved = el('p', { class: 'saved', testid: 'saved-state', role: 'status' });
    this.refusals = el('div', { class: 'refusals' });
    this.coming = el('p', { class: 'coming', testid: 'coming', role: 'status' }, this.data.words.today_says);
    this.root = el('div', { class: 'coach', testid: 'player', lang: this.data.lang }, this.status, this.body);
    const show = () => this.root.classList.add('styled');
    this.style = el('link', { rel: 'stylesheet', href: this.data.css, onload: show, onerror: show });
    parent.append(this.style, this.root);
    followTheme(this.root);
    const { signal } = this.closing;
    this.root.addEventListener('click', () => (this.touched = true), { capture: true, signal });
    // On window, in the capture phase: Streamlit's own shortcuts must not see the player's keys.
    window.addEventListener('keydown', (event) => device.hearKey(event, this.root, this.keys()), { capture: true, signal });
    document.addEventListener('visibilitychange', () => this.seen(), { signal });
    window.addEventListener('pagehide', () => this.afterSession?.settle(), { signal });
    // The page's warning signs cover the player: it pauses, and a yes ends the session.
    window.addEventListener('coach:help', () => this.playback && this.pause(), { signal });
    window.addEventListener('coach:flag', () => this.flagged(), { signal });
    window.addEventListener('coach:server', () => this.showServer(), { signal });
    const around = this.root.getRootNode().host?.closest('.stMain');
    this.room = new ResizeObserver(() => this.fill());
    for (const each of [around, around?.querySelector('.stMainBlockContainer')]) if (each) this.room.observe(each);
    document.documentElement.toggleAttribute(PLAYER, true);
  }

  async open() {
    const { data, cueList } = this;
    const taken = () => this.show(screens.otherTab(data, { leave: () => location.assign('/') }));
    this.unlock = await device.onlyHere(data.session, { taken, afterMs: OTHER_TAB_AFTER_MS, signal: this.closing.signal });
    if (this.closed) return this.unlock();
    this.record = await openRecord(data, cueList);
    this.record.onPost = () => this.delivered(this.delivery);
    if (this.closed) return;
    // A run of an earlier version has only some of them
    const own = Object.entries(this.record.row).filter(([name]) => name in data.sound);
    this.sound = new Sound({ ...data.sound, ...Object.fromEntries(own), lang: data.lang });
    this.sound.fetch();
    const outcome = { saved: this.saved, refusals: this.refusals, coming: this.coming, leave: () => this.leave() };
    const ended = () => this.askNext();
    this.afterSession = new AfterSession({ data, record: this.record, show: (node) => this.show(node), outcome, ended });
    this.sender = outbox.start({ owner: data.owner, endpoint: data.endpoint, onChange: (state) => this.delivered(state) });
    outbox.settleOtherRuns(data.owner, data.session).catch(() => {});
    this.carryOn();
  }

  /** Show the screen of the record's phase: the first one, or where a reload interrupted. */
  carryOn() {
    const { phase, cue } = this.record.row;
    // Ended, and this device has nothing more to ask
    if (this.data.ended && !ASKS.has(phase)) this.goToToday();
    else if (phase === 'ready') this.first();
    else if (phase === 'playing') {
      this.show(screens.resume(this.data, this.where(cue), { resume: () => this.begin(), stop: () => this.stop() }));
    } else this.afterSession.open();
  }

  /** Go to Today by itself. A request that comes while the page runs can be lost: it waits for the run, and asks again. */
  goToToday() {
    if (this.closed) return;
    const runs = document.querySelector(RUNNING);
    if (!runs) this.tell('done');
    setTimeout(() => this.goToToday(), runs ? LOOK_AGAIN_MS : ASK_AGAIN_MS);
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
    this.show(screens.first(this.data, on, this.sound));
  }

  show(node) {
    const again = this.body.firstChild?.className === node.className;
    this.body.replaceChildren(node);
    this.fill();
    this.showServer();
    if (!again) this.shownAt = performance.now();
    this.status.textContent = '';
    // Before the first tap the page keeps its focus and scroll position.
    if (!this.touched) return;
    this.root.querySelector('.title').focus({ preventScroll: true });
    if (this.root.getBoundingClientRect().top < 0) this.root.scrollIntoView({ block: 'start' });
  }

  /** While playing, all that the window has under what stands above (sample data, no server). */
  fill() {
    document.documentElement.toggleAttribute(STAGE, this.onStage);
    this.root.toggleAttribute('data-stage', this.onStage);
    const main = this.onStage && this.root.getRootNode().host?.closest('.stMain');
    if (!main) return;
    const above = this.root.getBoundingClientRect().top - main.getBoundingClientRect().top + main.scrollTop;
    this.root.style.setProperty('--room', `${Math.floor(main.clientHeight - above)}px`);
  }

  // -------------------------------------------------------------- playing

  get onStage() {
    return Boolean(this.stage) && this.body.contains(this.stage.node);
  }

  begin() {
    this.touched = true;
    if (!this.stage) this.makeStage();
    this.record.row.phase = 'playing';
    this.playback.seek(Math.min(this.record.row.cue, this.data.cues.length - 1));
    this.record.save();
    this.resume();
  }

  makeStage() {
    this.playback = new Playback(this.cueList, {
      cue: (i, due) => this.cue(i, due),
      credit: (i) => this.credit(i),
      held: () => this.stage.showHeld(this.playback.current),
      passed: (more) => this.passed(more),
      slept: () => this.paused(this.data.words.paused_sleep, this.data.said.slept),
      finished: () => this.finish(null),
    });
    const on = Object.fromEntries(['ready', 'act', 'pause', 'resume', 'back', 'skip', 'stop'].map((act) => [act, () => this[act]()]));
    this.stage = new Stage(this.data, this.cueList, { ...on, ...this.sounds() });
    this.stage.showSound(this.sound);
    this.delivered(this.delivery);
    this.stopTicking = startTicking(() => this.tick());
  }

  tick() {
    if (!this.playback.running || this.unnoticed()) return;
    const before = this.playback.last;
    this.playback.tick();
    if (!this.playback.running) return;
    this.record.row.played_ms += this.playback.last - before;
    this.stage.showTime(this.playback.left(), !this.still.matches);
  }

  /**
   * Pause if the page is hidden and nothing is heard: nobody is being guided. Returns whether it
   * paused. A walk and a rest go on: nobody is guided in them.
   */
  unnoticed() {
    if (document.visibilityState !== 'hidden' || this.sound.heard || this.playback.inMinutes) return false;
    this.playback.pause();
    this.paused(this.data.words.paused_unseen, null);
    return true;
  }

  /**
   * Animate the ring. Each frame also plays due cues, which would be up to one tick (100 ms) late
   * otherwise.
   */
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
    this.sound.play(cue, this.cueList.untilNextSaid(i));
    if (cue.kind !== 'count') {
      this.stage.showCue(i);
      this.status.textContent = cue.label;
      if (cue.kind === 'try') this.tried = null;
      if (cue.rep) this.record.began(cue.set, { again: cue.kind === 'try' });
      this.save();
    }
    window.dispatchEvent(new CustomEvent('coach:cue', { detail: { index: i, kind: cue.kind, due_ms, at_ms } }));
  }

  /** The device slept in a walk or a rest: as long as that, nobody knows how it went. */
  passed(more_ms) {
    this.record.row.played_ms += more_ms;
    this.record.doubt(this.data.cues[this.playback.current].set);
  }

  credit(i) {
    const { set, kind } = this.data.cues[i];
    if (kind !== 'try' || this.tried === i) this.record.credit(i); // else it has lasted too long: given up
    if (document.visibilityState === 'hidden' && !this.sound.surelyHeard) this.record.doubt(set);
    this.stage.showProgress(this.record.progress);
    const last = this.cueList.creditsOf.get(set).at(-1) === i;
    this.save(last ? this.record.setDone(set) : []);
  }

  save(posts) {
    const { row } = this.record;
    row.cue = this.cueList.resumeAt(this.playback.current);
    row.set = this.cueList.about(row.cue).set;
    this.record.save(posts);
  }

  pause() {
    if (!this.playback.running || this.tooSoon()) return;
    this.playback.pause();
    this.paused();
  }

  /**
   * True within READY_MS of the last toggle: a shaky double tap must not pause and resume at once.
   */
  tooSoon() {
    const soon = performance.now() - this.toggledAt < READY_MS;
    if (!soon) this.toggledAt = performance.now();
    return soon;
  }

  paused(why, said = this.data.said.paused) {
    if (said === null) this.sound.hush();
    else this.sound.tell(said);
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
    this.sound.hush();
    this.sound.lead = this.begun ? this.data.said.resumed : null;
    this.begun = true;
    this.playback.resume();
    this.sayAgain();
    this.stage.title.focus({ preventScroll: true });
    this.frame();
  }

  /** In a rest or a change no cue begins when the session goes on: say what is left of the last. */
  sayAgain() {
    if (this.sound.lead === null) return;
    const { current } = this.playback;
    const gone = (this.playback.now() - this.cueList.start(current)) / 1000;
    this.sound.speak(this.data.cues[current], this.cueList.untilNextSaid(current) - gone);
    this.sound.lead = null;
  }

  showAt() {
    this.stage.showCue(this.playback.current);
    this.stage.showTime(this.playback.left(), true);
    this.stage.showProgress(this.record.progress);
  }

  back() {
    let target = this.playback.backTo();
    // A set that is in the outbox is final: "back" stops at its end.
    if (this.record.posted(this.data.cues[target].set)) target = this.cueList.shown(this.playback.current);
    else this.record.uncredit(target);
    this.goTo(target);
  }

  /** Begin the first repetition now: getting ready is all that is left out. */
  ready() {
    if (!this.waits || this.tooSoon()) return;
    this.sound.hush();
    this.stage.newAt = performance.now();
    this.playback.begin();
    this.showAt();
    this.save();
  }

  /** While the player only waits until the patient is ready. */
  get waits() {
    return this.playback.running && (this.playback.holds || this.data.cues[this.playback.current].may_skip);
  }

  /** What the patient ends: half a move, a walk, or a try against the clock. */
  act() {
    const cue = this.data.cues[this.cueList.shown(this.playback.current)];
    if (!this.playback.running || this.tooSoon()) return;
    if (cue.kind === 'minute') this.skip();
    else if (cue.kind === 'try') this.tryDone(cue.set);
    else this.playback.advance();
  }

  /** The time of a try is what its set took; it is said before what comes next. */
  tryDone(set) {
    const seconds = this.record.stopTime(set);
    this.tried = this.playback.current;
    this.sound.lead = this.data.sets[set].results[seconds] ?? null;
    this.record.row.results = { ...this.record.row.results, [set]: seconds };
    this.playback.advance();
  }

  skip() {
    const { set } = this.cueList.about(this.playback.current);
    const posts = this.record.setDone(set);
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
      this.paused(undefined, this.data.said.stop);
    }
    const back = () => (this.playback ? this.resume() : this.carryOn());
    this.show(screens.stopReasons(this.data, { choose: (reason) => this.stopped(reason), back }));
  }

  stopped({ id, check }) {
    const { row } = this.record;
    Object.assign(row, { stop_reason: id, checks: Boolean(check) });
    this.finish(id, this.record.setDone(this.cueList.about(this.playback?.current ?? row.cue).set));
  }

  finish(reason, posts = []) {
    this.playback?.pause();
    this.endPlaying();
    if (reason) this.sound.tell(this.data.said.stopped);
    this.record.row.phase = 'pain';
    this.record.save([...posts, ...this.record.finished(reason)]);
    this.afterSession.open();
  }

  endPlaying() {
    this.stopTicking?.();
    cancelAnimationFrame(this.frames);
    this.awake.letSleep();
  }

  sounds() {
    const acts = { voice: 'toggle', tones: 'toggle', volume: 'step', rate: 'step' };
    return Object.fromEntries(Object.entries(acts).map(([what, act]) => [what, () => this[act](what)]));
  }

  /** How loud, or how fast: on to the next choice, from the last to the first. */
  step(what) {
    const values = this.data.sound.choices[what].map(([value]) => value);
    this.sound[what] = this.record.row[what] = values[(values.indexOf(this.sound[what]) + 1) % values.length];
    this.stage.showSound(this.sound);
  }

  toggle(what) {
    this.sound[what] = this.record.row[what] = !this.sound[what];
    if (what === 'voice' && !this.sound.voice) this.sound.hush();
    this.stage?.showSound(this.sound);
  }

  // -------------------------------------------------------------- around it

  /** Show what has arrived at the server and what still waits. */
  delivered(state = { pending: 0, refused: [] }) {
    this.delivery = state;
    const { words, session } = this.data;
    // Not written to IndexedDB yet: not saved, not even on this device
    const writing = this.record.unwritten > 0;
    const waits = writing || state.pending > 0;
    const text = writing ? words.saving : waits ? words.waiting : this.record.postedAnything ? words.saved : '';
    for (const node of [this.saved, this.stage?.saved]) {
      if (!node || node.textContent === text) continue;
      node.textContent = text;
      node.toggleAttribute('data-waiting', waits);
    }
    const whys = state.refused.filter((item) => item.session === session && item.why).map(({ why }) => fill(words.refused, { why }));
    if (state.closed) this.closedBy(state.closed);
    if (this.closedWhy) whys.unshift(this.closedWhy);
    this.refusals.replaceChildren(...[...new Set(whys)].map((why) => el('p', {}, why)));
    if (this.left && !state.pending) this.record.forget();
    this.askNext();
  }

  /** On the last screen, once all is stored: the server then knows what is next. Asked once. */
  askNext() {
    if (this.record.phase !== 'end' || this.asked || this.record.unwritten || this.delivery?.pending !== 0) return;
    this.asked = true;
    this.tell('asked');
  }

  /**
   * The server says that a warning sign or a clinician closed everything: end the session, keep
   * what was done.
   */
  closedBy(why) {
    if (!this.onStage) return;
    this.closedWhy = why;
    this.stopped({ id: 'interrupted', check: false });
  }

  /** A warning sign was reported over the player: the session ends, with or without a server. */
  flagged() {
    if (this.record?.phase === 'playing') this.stopped({ id: 'unwell', check: false });
    else if (this.record?.phase === 'ready') this.body.querySelector('[data-testid=start]')?.remove();
  }

  /** "Back to Today" needs the server: disabled while the server does not answer. */
  showServer() {
    const away = document.documentElement.hasAttribute(AWAY);
    for (const node of this.body.querySelectorAll('[data-testid=leave], [data-testid=back-to-today]')) {
      node.toggleAttribute('disabled', away);
    }
  }

  /** Go to Today: `how` is "done", or "left" if the session was never begun. */
  leave(how = 'done') {
    this.left = true;
    this.record.forget();
    this.tell(how);
  }

  tell(how) {
    this.component.setTriggerValue(how, { session: this.data.session });
  }

  seen() {
    if (document.visibilityState === 'hidden') {
      this.afterSession?.settle();
      if (this.playback?.running) this.unnoticed();
    } else if (this.playback?.running) {
      this.awake.stay();
      this.frame();
    }
  }

  /** True until the screen has been visible for READY_MS. */
  isNew() {
    return performance.now() - Math.max(this.shownAt, this.stage?.newAt ?? 0) < READY_MS;
  }

  keys() {
    if (document.documentElement.hasAttribute(HELP)) return {};
    if (this.onStage) {
      const toggle = () => (this.playback.running ? this.pause() : this.resume());
      const escape = () => (this.stage.isOpen ? this.stage.close() : this.stop());
      const always = { ' ': toggle, Escape: escape };
      if (this.waits) always[' '] = () => this.isNew() || this.ready();
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
    this.afterSession?.settle();
    this.closed = true;
    for (const name of [PLAYER, STAGE]) document.documentElement.toggleAttribute(name, false);
    this.room.disconnect();
    this.endPlaying();
    this.sound?.close();
    this.closing.abort();
    // What was done must not depend on this screen staying open: write first, send on for a while.
    const writing = this.record?.writing ?? Promise.resolve();
    writing.finally(() => this.unlock?.());
    setTimeout(() => this.sender?.stop(), SEND_ON_MS);
    this.root.remove();
    this.style.remove();
  }
}
