// Plays the cue list from one origin. It computes no times of its own: it only asks which cues are
// due.

const MAX_GAP_MS = 2500; // a longer gap between two ticks means the device slept
const BACK_AGAIN_MS = 1500;
const IN_A_REP = new Set(['tighten', 'hold', 'point', 'pull', 'count', 'go', 'return', 'in', 'out', 'stand', 'try']);
const MINUTE = 'minute'; // of a walk or a rest: it passes whether or not the device sleeps

/** The session's cues with their times; indexes are positions in `cues`. */
export class CueList {
  constructor(cues, endsS) {
    this.cues = cues;
    this.ends = endsS * 1000;
    this.creditsOf = new Map(); // set -> indexes of its cues that end a rep
    cues.forEach((cue, i) => {
      if (cue.credits) this.creditsOf.set(cue.set, [...(this.creditsOf.get(cue.set) ?? []), i]);
    });
  }

  start(i) {
    return this.cues[i].at_s * 1000;
  }

  end(i) {
    return this.cues[i].until_s * 1000;
  }

  /** The last cue that is shown (counts are only spoken) at or before index i. */
  shown(i) {
    while (i > 0 && this.cues[i].kind === 'count') i -= 1;
    return Math.max(i, 0);
  }

  /** Seconds from the start of cue i until the next cue that says something. */
  untilNextSaid(i) {
    const next = this.cues.slice(i + 1).find((cue) => cue.say.length);
    return next ? next.at_s - this.cues[i].at_s : Infinity;
  }

  /** Milliseconds at which the minutes of the set of cue i are over. */
  minutesEnd(i) {
    return this.end(this.cues.findLastIndex(({ set, kind }) => set === this.cues[i].set && kind === MINUTE));
  }

  sameRep(i, j) {
    const [a, b] = [this.cues[i], this.cues[j]];
    return a.set === b.set && a.rep === b.rep && a.side === b.side;
  }

  /** First cue of the rep that cue i belongs to; outside a rep the shown cue itself. */
  repStart(i) {
    if (!this.cues[i].rep) return this.shown(i);
    while (i > 0 && this.sameRep(i - 1, i)) i -= 1;
    return i;
  }

  /** Where to resume: an interrupted rep starts again, a rest or a change goes on. */
  resumeAt(i) {
    return IN_A_REP.has(this.cues[i].kind) ? this.repStart(i) : i;
  }

  /** First cue of the rep before the one that starts at i, within the same set; else i. */
  previousRep(i) {
    for (let j = i - 1; j >= 0 && this.cues[j].set === this.cues[i].set; j--) if (this.cues[j].rep) return this.repStart(j);
    return i;
  }

  /** First cue after this set: the change to the next one, or the end. */
  afterSet(set) {
    const last = this.cues.findLastIndex((cue) => cue.set === set && cue.rep);
    for (let j = last + 1; j < this.cues.length; j++) {
      const { kind } = this.cues[j];
      if (this.cues[j].set > set || ['ready', 'change_routine', 'done'].includes(kind)) return j;
    }
    return this.cues.length;
  }

  /**
   * The cue of the rep that is running or comes next: names exercise and leg while one gets ready.
   */
  about(i) {
    const rest = this.cues.slice(i).find((cue) => cue.rep && cue.kind !== 'count');
    return this.cues[i].rep ? this.cues[i] : (rest ?? this.cues.findLast((cue) => cue.rep) ?? this.cues[i]);
  }

  /** The first rep cue of what comes after this leg or exercise, or null. */
  next(i) {
    const now = this.about(i);
    return this.cues.slice(i).find((cue) => cue.rep && (cue.set > now.set || (cue.set === now.set && cue.side !== now.side))) ?? null;
  }
}

/**
 * `on`: cue(index, dueMs), credit(index), held(), passed(moreMs), slept(), finished(). Times are performance.now()
 * milliseconds.
 */
export class Playback {
  constructor(cueList, on) {
    Object.assign(this, { cueList, on, running: false, over: false, elapsed: 0, origin: 0, last: 0, next: 0, current: 0, open: [], holds: false, begins: null });
  }

  now() {
    return this.running ? performance.now() - this.origin : this.elapsed;
  }

  /** Milliseconds left of the shown cue. */
  left() {
    return Math.max(0, this.cueList.end(this.cueList.shown(this.current)) - this.now());
  }

  /** Move to the start of cue i; it is played if the playback runs. */
  seek(i) {
    this.open = [];
    this.holds = false;
    this.next = i;
    this.current = Math.min(i, this.cueList.cues.length - 1);
    this.elapsed = i < this.cueList.cues.length ? this.cueList.start(i) : this.cueList.ends;
    if (this.running) this.run();
  }

  /** Begin what waits for the patient; until then the clock stands before it. */
  begin() {
    this.begins = this.next;
    this.seek(this.next);
  }

  /** End the shown cue now: what it credits is credited, and the next one begins. */
  advance() {
    if (!this.running) return;
    this.origin -= this.left();
    this.tick();
  }

  run() {
    this.holds = false;
    this.wall = Date.now();
    this.last = performance.now();
    this.origin = this.last - this.elapsed;
    this.running = true;
    this.tick();
  }

  pause() {
    if (!this.running) return;
    this.elapsed = performance.now() - this.origin;
    this.running = false;
  }

  resume() {
    if (this.running) return;
    // Inside a rep: once more from its start. In a rest or a change: on from where it stopped.
    const begun = this.next > this.current;
    if (begun && IN_A_REP.has(this.cueList.cues[this.current].kind)) this.seek(this.cueList.resumeAt(this.current));
    this.run();
  }

  /**
   * Where "back" leads: the start of this rep, or of the one before when this one has only begun.
   */
  backTo() {
    const start = this.cueList.repStart(this.current);
    if (this.cueList.cues[start].rep && this.now() - this.cueList.start(start) >= BACK_AGAIN_MS) return start;
    return this.cueList.previousRep(start);
  }

  tick() {
    if (!this.running) return;
    const now = performance.now();
    const gap = now - this.last;
    const unseen = Math.max(gap, Date.now() - this.wall);
    this.wall = Date.now();
    if (this.inMinutes && unseen > MAX_GAP_MS) this.pass(now, unseen);
    else if (gap > MAX_GAP_MS) {
      this.elapsed = this.last - this.origin;
      this.running = false;
      this.on.slept();
      return;
    }
    this.last = now;
    this.catchUp(now - this.origin);
  }

  /** Whether a minute of a walk or a rest runs. */
  get inMinutes() {
    return this.open.some((i) => this.cueList.cues[i].kind === MINUTE);
  }

  /** The device slept in a walk or a rest: the time has passed, but not beyond the end of the minutes. */
  pass(now, unseen_ms) {
    const before = this.last - this.origin;
    const most = this.cueList.minutesEnd(this.current) - before;
    const passed = Math.max(0, Math.min(unseen_ms, most));
    this.origin = now - before - passed;
    this.on.passed(passed - (now - this.last));
  }

  /** Whether cue i begins when the patient says so, and they have not. */
  waitsFor(i) {
    return this.cueList.cues[i].waits && this.begins !== i;
  }

  hold(i) {
    this.origin = this.last - this.cueList.start(i);
    this.current = Math.max(this.cueList.shown(i - 1), 0);
    if (this.holds) return;
    this.holds = true;
    this.on.held();
  }

  catchUp(elapsed) {
    const { cueList } = this;
    while (this.running && this.next < cueList.cues.length && cueList.start(this.next) <= elapsed) {
      const i = this.next;
      if (this.waitsFor(i)) return this.hold(i);
      this.begins = null;
      this.credit(cueList.start(i)); // a rep that ends where the next cue begins comes first
      this.next += 1;
      this.current = i;
      if (cueList.cues[i].credits) this.open.push(i);
      this.on.cue(i, this.origin + cueList.start(i));
    }
    if (this.running) this.credit(elapsed);
    if (this.running && elapsed >= cueList.ends) {
      this.elapsed = cueList.ends;
      this.running = false;
      this.over = true;
      this.on.finished();
    }
  }

  credit(until) {
    const ended = this.open.filter((i) => this.cueList.end(i) <= until);
    this.open = this.open.filter((i) => this.cueList.end(i) > until);
    ended.forEach((i) => this.on.credit(i));
  }
}

/**
 * Calls `tick` ten times a second from a worker: timers of a hidden page may be a minute late, a
 * worker's are not.
 */
export function startTicking(tick) {
  const url = URL.createObjectURL(new Blob(['setInterval(() => postMessage(0), 100)'], { type: 'text/javascript' }));
  const worker = new Worker(url);
  worker.onmessage = tick;
  return () => {
    worker.terminate();
    URL.revokeObjectURL(url);
  };
}
