// The record of one session on this device: credited reps, answers, and what the outbox has
// already.

// Files are cached for ever, so all are loaded with the same version
const version = new URL(import.meta.url).search;
const outbox = await import(`./outbox.js${version}`);

const FRESH = { phase: 'ready', credited: [], posted: {}, set: 0, cue: 0, stop_reason: null, doubted: [], answers: {}, draft: [], took: null, played_ms: 0 };

export async function openRecord(data, cueList) {
  const keys = [...data.sets.map((_, set) => String(set)), 'finished', 'pain', 'effort', 'note', 'check', 'red_flag'];
  const { voice, tones, vibration, volume, rate } = data.sound;
  const fresh = { ...structuredClone(FRESH), voice, tones, vibration, volume, rate };
  const run = new SessionRecord(await outbox.openRun({ session: data.session, owner: data.owner, keys, fresh }), data, cueList);
  run.passOver(data.stored ?? []);
  return run;
}

export class SessionRecord {
  constructor(row, data, cueList) {
    Object.assign(this, { row, data, cueList, since: performance.now(), writing: Promise.resolve(), backlog: [], unwritten: 0 });
  }

  get phase() {
    return this.row.phase;
  }

  get answers() {
    return this.row.answers;
  }

  posted(key) {
    return Boolean(this.row.posted[key]);
  }

  get postedAnything() {
    return Object.keys(this.row.posted).length > 0;
  }

  /**
   * Sets that the server has from another device are not repeated: begin at the first set that is
   * not stored.
   */
  passOver(stored) {
    const { cues, sets } = this.data;
    for (const set of stored) {
      this.row.posted[set] = true;
      for (const i of this.cueList.creditsOf.get(set) ?? []) this.credit(i);
    }
    if (!stored.includes(cues[this.row.cue]?.set) || !['ready', 'playing'].includes(this.phase)) return;
    const open = sets.findIndex((_, set) => set >= cues[this.row.cue].set && !stored.includes(set));
    this.row.cue = open < 0 ? cues.length - 1 : cues.findIndex((cue) => cue.set === open);
    this.row.set = open < 0 ? sets.length - 1 : open;
  }

  // -------------------------------------------------------------- reps

  credit(i) {
    if (!this.row.credited.includes(i)) this.row.credited.push(i);
  }

  /** Reps of this set from cue i on are done again, so they no longer count. */
  uncredit(i) {
    const { cues } = this.data;
    this.row.credited = this.row.credited.filter((j) => j < i || cues[j].set !== cues[i].set);
  }

  credits(set) {
    const all = this.cueList.creditsOf.get(set) ?? [];
    return this.row.credited.filter((i) => all.includes(i)).length;
  }

  /**
   * A rep of this set ran while it may have been neither seen nor heard: the set's number is an
   * estimate.
   */
  doubt(set) {
    // A run of an earlier version has none
    this.row.doubted = [...new Set([...(this.row.doubted ?? []), set])];
  }

  /** Share of each set's reps that count, 0 to 1. */
  get progress() {
    return this.data.sets.map((_, set) => this.credits(set) / (this.cueList.creditsOf.get(set)?.length || 1));
  }

  /** The first rep of a set begins: its time runs from here, pauses included; that of a try begins anew. */
  began(set, { again = false } = {}) {
    if (this.row.took?.set === set && !again) return;
    this.row.took = { set, ms: 0 };
    this.since = performance.now();
  }

  keepTime() {
    const now = performance.now();
    if (this.row.took && !this.row.took.stopped) this.row.took.ms += now - this.since;
    this.since = now;
  }

  /** Stop the time of a set, and return it in whole seconds, of the tenths that are stored. */
  stopTime(set) {
    this.keepTime();
    const { took } = this.row;
    if (took?.set !== set) return 0;
    took.stopped = true;
    return Math.round(Math.round(took.ms / 100) / 10);
  }

  // -------------------------------------------------------------- what it posts

  /** What posts under this key, unless it was posted before. */
  posts(key, kind, payload, estimated = false) {
    if (this.posted(key)) return [];
    this.row.posted[key] = true;
    return [{ id: this.row.ids[key], kind, payload, estimated }];
  }

  /** Whether a test was begun in this set and has no result: tried, and not finished. */
  gaveUp(set) {
    return this.data.sets[set].kind === 'test' && this.row.took?.set === set && !this.credits(set);
  }

  /** What finishing this set posts: nothing when no rep was done, but for a test that was tried. */
  setDone(set) {
    const reps_done = this.credits(set);
    if (!reps_done && !this.gaveUp(set)) return [];
    this.keepTime();
    const { took } = this.row;
    const took_ms = took?.set === set ? Math.round(took.ms) : 0;
    const payload = { set, routine: this.data.sets[set].routine, reps_done, took_ms };
    return this.posts(String(set), 'set_done', payload, this.row.doubted?.includes(set));
  }

  finished(stop_reason) {
    return this.posts('finished', 'session_finished', { stop_reason });
  }

  /** Answers wait here while "Back" may still change them; these are the ones that waited. */
  unsettled() {
    const { pain, effort, note } = this.answers;
    return [
      ...(pain != null ? this.posts('pain', 'pain', { score: pain, when: 'after' }) : []),
      ...(effort != null ? this.posts('effort', 'effort', { effort }) : []),
      ...(note && this.phase !== 'note' ? this.posts('note', 'note', { text: note }) : []),
    ];
  }

  /** What has to be posted if the patient never comes back to this session. */
  draft() {
    const { row } = this;
    const posted = structuredClone(row.posted);
    const draft = row.took ? this.setDone(row.took.set) : [];
    if (!['ready', 'playing'].includes(row.phase)) draft.push(...this.unsettled());
    row.posted = posted;
    return draft;
  }

  // -------------------------------------------------------------- storage

  /**
   * Write the record and what it posts, in order; what cannot be written now is written with the
   * next change.
   */
  save(posts = []) {
    this.keepTime();
    this.row.draft = this.draft();
    const row = structuredClone(this.row);
    this.unwritten += posts.length;
    if (posts.length) this.onPost?.();
    this.writing = this.writing.then(async () => {
      this.backlog.push(...posts);
      try {
        await outbox.saveRun(row, this.backlog);
        this.unwritten -= this.backlog.length;
        this.backlog = [];
      } catch (error) {
        console.warn('coach: could not write, will try again', error);
      }
    });
  }

  /** Delete an ended session's record once all of it has arrived. */
  forget() {
    this.writing.then(() => outbox.forgetRun(this.data.session)).catch(() => {});
  }
}
