// Voice, soft tones and vibration. Voice and tones must be unlocked inside a tap, or phones stay
// silent. The device's own voice speaks; where it has none for this language, or does not begin, the
// recordings do.

// Files are cached for ever, so all are loaded with the same version
const version = new URL(import.meta.url).search;
const { stretched } = await import(`./stretch.js${version}`);

// Low and short: many people of 70 and more hear little above 2 kHz.
const TONES = {
  ready: [440],
  tighten: [392, 523],
  hold: [523],
  point: [440],
  pull: [523],
  go: [440],
  return: [523],
  in: [392],
  out: [330],
  stand: [523],
  try: [392, 523],
  relax: [392, 330],
  change_legs: [440, 440],
  change_routine: [440, 440],
  done: [392, 494, 587],
};
const HALF = [440, 440, 440]; // after the tone of its cue
const LOUD = { hold: 0.08, stand: 0.08, in: 0.08, out: 0.08, count: 0.06 };
const USUAL = 0.2;

// Milliseconds of vibration and of pause, in turn: begin is long, hold short, let go twice.
const BUZZ = {
  tighten: [250],
  point: [250],
  hold: [70],
  relax: [110, 90, 110],
  pull: [110, 90, 110],
  go: [250],
  return: [110, 90, 110],
  in: [250],
  out: [110, 90, 110],
  stand: [70],
  try: [400],
  change_legs: [400, 150, 400],
  change_routine: [400, 150, 400],
  done: [400, 150, 400, 150, 400],
};
const HALF_BUZZ = [200, 70, 70, 70, 70, 70];

const STARTS_WITHIN_MS = 3000; // a voice that has not begun by then does not speak
const TAKES_OVER_MS = 1500; // the recordings wait so long for a voice that does not begin
const DEVICE_RATE = 0.9; // of what the device takes for usual
const PAUSE_S = 0.15; // between two sentences
const SPARE_S = 0.05; // before the next cue
const PACE = [0.8, 2]; // how much slower than the recordings a device's voice may turn out to be
const AT_ONCE = 6; // recordings fetched at a time
const HZ = 22_050; // of a recording in memory: all that the voice has, and every browser can do it

export class Sound {
  /**
   * `sentences`: { text, s, at } each, with its seconds at the usual speed and the address of its
   * recording or "". A saying is a row of places in it.
   */
  constructor({ lang, voice, tones, vibration = false, volume = 1, rate = 1, sentences = [] }) {
    Object.assign(this, { lang, voice, tones, vibration, volume, rate, sentences });
    // spoke: a voice has spoken in this session; asked: since when it was asked to speak and has
    // not begun; mute: it was asked in vain; played: a recording was heard
    Object.assign(this, { context: null, counting: false, spoke: false, asked: null, mute: false, played: false });
    // buffers: the recordings by their places; paced: as they were last played at another speed;
    // lead: the place of what comes before the next cue; due: what could not be said yet
    Object.assign(this, { buffers: new Map(), paced: new Map(), sources: [], until: 0, pace: 1.1, lead: null, due: null });
  }

  get toneSounds() {
    return this.tones && this.context?.state === 'running';
  }

  /** Whether the recordings speak, and not the device. */
  get byRecording() {
    if (this.mute || !('speechSynthesis' in window)) return true;
    const voices = speechSynthesis.getVoices(); // some devices list none and speak all the same
    const mine = this.lang.toLowerCase().split('-')[0];
    return voices.length > 0 && !voices.some(({ lang }) => lang.toLowerCase().split(/[-_]/)[0] === mine);
  }

  get recordingSounds() {
    return Boolean(this.voice && this.played && this.byRecording && this.context?.state === 'running');
  }

  /**
   * Whether a patient who does not see the screen is guided by sound; being switched on is not
   * enough.
   */
  get heard() {
    const late = this.asked !== null && performance.now() - this.asked > STARTS_WITHIN_MS;
    return this.toneSounds || this.recordingSounds || Boolean(this.voice && this.spoke && !late);
  }

  /** As `heard`, and nothing that was to be said is still outstanding. */
  get surelyHeard() {
    return this.toneSounds || this.recordingSounds || Boolean(this.voice && this.spoke && this.asked === null);
  }

  get speaking() {
    if (performance.now() < this.until) return true;
    return !this.byRecording && speechSynthesis.speaking;
  }

  unlock() {
    try {
      this.context ??= new AudioContext();
      this.context.resume().catch(() => {});
    } catch {
      // No audio device: the screen still shows every cue.
    }
    if (this.voiced) this.mute = false; // a voice that was lost behind a lock screen may be back
    if ('speechSynthesis' in window) speechSynthesis.speak(new SpeechSynthesisUtterance(''));
  }

  /** Fetch the recordings, those that are needed first at first; they are kept with this object. */
  async fetch() {
    let reader;
    try {
      reader = new OfflineAudioContext(1, 1, HZ);
    } catch {
      return; // a browser that cannot play them
    }
    const wanted = [...this.sentences.entries()].filter(([, { at }]) => at);
    const next = async () => {
      for (let one = wanted.shift(); one; one = wanted.shift()) {
        const [place, { at }] = one;
        try {
          const answer = await fetch(at, { priority: 'low' });
          if (answer.ok) this.buffers.set(place, await reader.decodeAudioData(await answer.arrayBuffer()));
        } catch {
          // No connection: the device's voice, the tones and the screen remain.
        }
        this.sayLate();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
  }

  /** Say what was due before its recordings were there. */
  sayLate() {
    const { due } = this;
    if (!due || !this.voice || !this.byRecording) return;
    const saying = this.fitting(due.say, (due.over - performance.now()) / 1000);
    if (saying) this.playRecordings(saying);
  }

  /** Give a cue; what is said is over after `roomS` seconds, when the next cue begins. */
  play(cue, roomS = Infinity) {
    this.speak(cue, roomS);
    if (this.tones && TONES[cue.kind]) {
      this.tone(cue.half ? [...TONES[cue.kind], ...HALF] : TONES[cue.kind], LOUD[cue.kind] ?? USUAL);
    } else if (this.tones && cue.kind === 'count' && !this.voice) this.tone([392], LOUD.count);
    const buzz = cue.half ? [...BUZZ[cue.kind], ...HALF_BUZZ] : BUZZ[cue.kind];
    if (this.vibration && buzz) navigator.vibrate?.(buzz);
  }

  speak(cue, roomS) {
    if (!this.voice || !cue.say?.length) return;
    const count = cue.kind === 'count';
    // A number never cuts a sentence short; a late number is left out rather than said late.
    if (count && this.speaking && !this.counting) return;
    const lead = this.lead;
    const say = lead !== null && !count ? [...cue.say.map((saying) => [lead, ...saying]), ...cue.say] : cue.say;
    this.lead = null;
    this.counting = count;
    this.due = { say, over: performance.now() + roomS * 1000 };
    const saying = this.fitting(say, roomS);
    if (!saying) return;
    if (this.byRecording) this.playRecordings(saying);
    else this.speakByDevice(saying, { asks: true });
  }

  /** Say a sentence that is no cue, such as that the session is paused. */
  tell(place) {
    this.hush();
    if (!this.voice) return;
    if (this.byRecording) this.playRecordings([place]);
    else this.speakByDevice([place], { asks: false });
  }

  /** The longest saying that is over in time. Recordings say only what was recorded. */
  fitting(say, roomS) {
    const recorded = this.byRecording;
    return say.find((saying) => (!recorded || saying.every((place) => this.buffers.has(place))) && this.lasts(saying) + SPARE_S <= roomS);
  }

  /** How many seconds a saying takes, at the speed that is chosen. */
  lasts(saying) {
    const seconds = saying.reduce((sum, place) => sum + this.sentences[place].s, PAUSE_S * (saying.length - 1));
    return (seconds / this.rate) * (this.byRecording ? 1 : this.pace);
  }

  playRecordings(saying) {
    const { context } = this;
    this.silence();
    if (context?.state !== 'running' || !saying.every((place) => this.buffers.has(place))) return;
    let at = context.currentTime;
    const gain = context.createGain();
    gain.gain.value = this.volume;
    gain.connect(context.destination);
    for (const place of saying) {
      const source = context.createBufferSource();
      source.buffer = this.atSpeed(place);
      source.connect(gain);
      source.start(at);
      this.sources.push(source);
      at += (this.sentences[place].s + PAUSE_S) / this.rate;
    }
    this.until = performance.now() + this.lasts(saying) * 1000;
    Object.assign(this, { played: true, due: null });
  }

  /** A recording at the speed that is chosen. */
  atSpeed(place) {
    const { buffers, paced, rate, context } = this;
    if (rate === 1) return buffers.get(place);
    if (paced.get(place)?.rate !== rate) paced.set(place, { rate, buffer: stretched(buffers.get(place), rate, context) });
    return paced.get(place).buffer;
  }

  speakByDevice(saying, { asks }) {
    this.silence();
    const words = new SpeechSynthesisUtterance(saying.map((place) => this.sentences[place].text).join(' '));
    Object.assign(words, { lang: this.lang, rate: DEVICE_RATE * this.rate, volume: this.volume });
    const planned = this.lasts(saying) / this.pace;
    let began;
    words.onstart = () => {
      began = performance.now();
      Object.assign(this, { spoke: true, voiced: true, asked: null, due: null });
      this.waitNoMore();
    };
    words.onend = () => {
      // Learn how fast this voice is: half of the old belief, half of what was measured.
      if (!began || this.words !== words || planned < 1) return;
      const measured = (performance.now() - began) / 1000 / planned;
      this.pace = Math.min(PACE[1], Math.max(PACE[0], (this.pace + measured) / 2));
    };
    this.words = words; // some browsers forget who listens to words that nobody holds
    if (asks) {
      // A device without voices, or a muted one, may not speak and report nothing.
      this.asked ??= performance.now();
      this.waiting ??= setTimeout(() => this.takeOver(), TAKES_OVER_MS);
    }
    speechSynthesis.speak(words);
  }

  /** The device does not begin to speak: the recordings say what is due, and go on. */
  takeOver() {
    this.waiting = null;
    if (this.asked === null || this.context?.state !== 'running' || !this.buffers.size) return;
    speechSynthesis.cancel();
    Object.assign(this, { mute: true, spoke: false, asked: null });
    this.sayLate();
  }

  waitNoMore() {
    clearTimeout(this.waiting);
    this.waiting = null;
  }

  tone(notes, loudness) {
    const { context } = this;
    if (!this.toneSounds) return;
    notes.forEach((hz, i) => {
      const at = context.currentTime + i * 0.2;
      const gain = context.createGain();
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(loudness * this.volume, at + 0.03);
      gain.gain.exponentialRampToValueAtTime(0.001, at + 0.3);
      const note = context.createOscillator();
      note.frequency.value = hz;
      note.connect(gain).connect(context.destination);
      note.start(at);
      note.stop(at + 0.32);
    });
  }

  silence() {
    if ('speechSynthesis' in window) speechSynthesis.cancel();
    for (const source of this.sources) source.stop();
    this.sources = [];
    this.until = 0;
  }

  hush() {
    Object.assign(this, { asked: null, due: null });
    this.waitNoMore();
    this.silence();
    if (this.vibration) navigator.vibrate?.(0);
  }

  close() {
    this.hush();
    this.context?.close().catch(() => {});
    this.context = null;
  }
}
