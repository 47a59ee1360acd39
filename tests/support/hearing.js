// Writes down whatever a session gives to the ear and the hand, at the page's own time; and lets that
// time run as fast as the player can follow, a few hundredths of a second a frame, once `hurry` is set.
{
  const STEP_MS = 40;
  const SILENT_MS = 150; // at the end of a recording
  const heard = (globalThis.heard = []);
  const decoded = (globalThis.decoded = new WeakMap());
  globalThis.recordings = 0;
  globalThis.hurry = false;

  const watch = performance.now;
  let more = 0;
  performance.now = () => watch() + more;
  const note = (how, what, lasts_ms, in_ms = 0) => heard[heard.push({ how, what, at_ms: performance.now() + in_ms, lasts_ms }) - 1];

  // A frame that comes at once instead of with the screen
  const painted = requestAnimationFrame;
  const { port1, port2 } = new MessageChannel();
  let due = [];
  port1.onmessage = () => {
    const now = due;
    due = [];
    more += STEP_MS;
    for (const each of now) each(performance.now());
  };
  globalThis.requestAnimationFrame = (run) => {
    if (!globalThis.hurry) return painted(run);
    due.push(run);
    if (due.length === 1) port2.postMessage(0);
    return 0;
  };

  // Which recording a sound is made of
  const from = new WeakMap();
  const notes = new WeakMap();
  const { arrayBuffer } = Response.prototype;
  Response.prototype.arrayBuffer = async function () {
    const bytes = await arrayBuffer.call(this);
    from.set(bytes, new URL(this.url).pathname.split('/').at(-1));
    return bytes;
  };
  const { decodeAudioData } = BaseAudioContext.prototype;
  BaseAudioContext.prototype.decodeAudioData = async function (bytes) {
    const name = from.get(bytes);
    const buffer = await decodeAudioData.call(this, bytes);
    decoded.set(buffer, name);
    globalThis.recordings += 1;
    return buffer;
  };
  const { start } = AudioBufferSourceNode.prototype;
  AudioBufferSourceNode.prototype.start = function (at) {
    const lasts_ms = (1000 * this.buffer.duration) / this.playbackRate.value;
    notes.set(this, note('recording', decoded.get(this.buffer), lasts_ms, 1000 * (at - this.context.currentTime)));
    return start.call(this, at);
  };
  // What is stopped before it began was not heard
  const { stop } = AudioScheduledSourceNode.prototype;
  AudioBufferSourceNode.prototype.stop = function () {
    const one = notes.get(this);
    if (performance.now() < one.at_ms + one.lasts_ms - SILENT_MS) note('cut', one.what, 0);
    one.lasts_ms = Math.min(one.lasts_ms, performance.now() - one.at_ms);
    if (one.lasts_ms <= 0) heard.splice(heard.indexOf(one), 1);
    return stop.call(this);
  };
  const strike = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (at) {
    note('tone', this.frequency.value, 320, 1000 * (at - this.context.currentTime));
    return strike.call(this, at);
  };
  navigator.vibrate = (pattern) => Boolean(note('vibration', String(pattern), [pattern].flat().reduce((a, b) => a + b, 0)));
  globalThis.addEventListener('coach:cue', ({ detail }) => heard.push({ how: 'cue', what: detail.kind, at_ms: detail.due_ms, lasts_ms: 0 }));
}
