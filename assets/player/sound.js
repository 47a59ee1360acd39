// Voice and soft tones. Both must be unlocked inside a tap, or phones stay silent.

// Low and short: many people of 70 and more hear little above 2 kHz.
const TONES = {
  ready: [440],
  tighten: [392, 523],
  point: [440],
  pull: [523],
  relax: [392, 330],
  change_legs: [440, 440],
  change_routine: [440, 440],
  done: [392, 494, 587],
};

const STARTS_WITHIN_MS = 3000; // a voice that has not begun by then does not speak

export class Sound {
  constructor({ lang, voice, tones }) {
    // spoke: a voice has spoken in this session; asked: since when it was asked to speak and has
    // not begun
    Object.assign(this, { lang, voice, tones, context: null, counting: false, spoke: false, asked: null });
  }

  get toneSounds() {
    return this.tones && this.context?.state === 'running';
  }

  /**
   * Whether a patient who does not see the screen is guided by sound; being switched on is not
   * enough.
   */
  get heard() {
    const late = this.asked !== null && performance.now() - this.asked > STARTS_WITHIN_MS;
    return this.toneSounds || Boolean(this.voice && this.spoke && !late);
  }

  /** As `heard`, and nothing that was to be said is still outstanding. */
  get surelyHeard() {
    return this.toneSounds || Boolean(this.voice && this.spoke && this.asked === null);
  }

  unlock() {
    try {
      this.context ??= new AudioContext();
      this.context.resume().catch(() => {});
    } catch {
      // No audio device: the screen still shows every cue.
    }
    if ('speechSynthesis' in window) speechSynthesis.speak(new SpeechSynthesisUtterance(''));
  }

  play(cue) {
    this.speak(cue);
    if (this.tones && TONES[cue.kind]) this.tone(TONES[cue.kind], 0.16);
    else if (this.tones && cue.kind === 'count' && !this.voice) this.tone([392], 0.06);
  }

  speak(cue) {
    if (!this.voice || !cue.say || !('speechSynthesis' in window)) return;
    const count = cue.kind === 'count';
    // A number never cuts a sentence short; a late number is left out rather than said late.
    if (count && speechSynthesis.speaking && !this.counting) return;
    speechSynthesis.cancel();
    const words = new SpeechSynthesisUtterance(cue.say);
    words.lang = this.lang;
    words.rate = 0.9;
    this.counting = count;
    // A device without voices, or a muted one, may not speak and report nothing.
    this.asked ??= performance.now();
    words.onstart = () => Object.assign(this, { spoke: true, asked: null });
    this.words = words; // some browsers forget who listens to words that nobody holds
    speechSynthesis.speak(words);
  }

  tone(notes, loudness) {
    const { context } = this;
    if (!this.toneSounds) return;
    notes.forEach((hz, i) => {
      const at = context.currentTime + i * 0.2;
      const gain = context.createGain();
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(loudness, at + 0.03);
      gain.gain.exponentialRampToValueAtTime(0.001, at + 0.3);
      const note = context.createOscillator();
      note.frequency.value = hz;
      note.connect(gain).connect(context.destination);
      note.start(at);
      note.stop(at + 0.32);
    });
  }

  hush() {
    this.asked = null;
    if ('speechSynthesis' in window) speechSynthesis.cancel();
  }

  close() {
    this.hush();
    this.context?.close().catch(() => {});
    this.context = null;
  }
}
