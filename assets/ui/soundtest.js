// A button that tests the sound of a session: two notes and a sentence, each if switched on.

const tests = new WeakMap();

export default function mount({ parentElement: parent, data }) {
  let test = tests.get(parent);
  if (!test) {
    const button = document.createElement('button');
    const said = document.createElement('p');
    button.type = 'button';
    button.style.cssText =
      'width:100%;min-height:56px;padding:8px 16px;font:inherit;font-size:19px;font-weight:700;text-align:start;cursor:pointer;' +
      'color:var(--st-text-color);background:transparent;border:1px solid var(--st-border-color);border-radius:12px';
    said.setAttribute('role', 'status');
    said.style.cssText = 'margin:8px 0 0;font:inherit;font-size:18px;line-height:1.45;color:var(--st-text-color)';
    parent.append(button, said);
    test = { button, said, sound: null };
    tests.set(parent, test);
    // The module is loaded before the tap, because sound can only be unlocked inside a tap.
    import(new URL(data.module, location.origin).href).then((module) => {
      test.module = module;
      prepare(test);
    });
    button.addEventListener('click', () => play(test));
  }
  test.data = data;
  prepare(test);
  test.button.textContent = data.words.test;
  return () => {
    test.sound?.close();
    test.button.remove();
    test.said.remove();
    tests.delete(parent);
  };
}

/** A sound as it is set now, with its recording fetched before the tap. */
function prepare(test) {
  if (!test.module || !test.data) return;
  const set = JSON.stringify(test.data.sound);
  if (set === test.set) return;
  test.set = set;
  test.sound?.close();
  test.sound = new test.module.Sound({ ...test.data.sound, lang: test.data.lang });
  test.sound.fetch();
}

function play(test) {
  const { sound, words } = test.data;
  const { voice, tones } = sound;
  if (!voice && !tones) {
    test.said.textContent = words.both_off;
    return;
  }
  if (!test.sound) return;
  test.sound.hush();
  test.sound.unlock();
  // Devices need a moment between the tap and the first note.
  setTimeout(() => test.sound.play({ kind: 'tighten', say: [[0]] }), 150);
  const device = 'speechSynthesis' in window && speechSynthesis.getVoices().length;
  const mute = voice && !device && !sound.sentences[0].at;
  const heard = voice && !mute ? (tones ? words.both : words.voice) : words.tones;
  test.said.textContent = mute ? [tones ? words.tones : '', words.no_voice].filter(Boolean).join(' ') : heard;
}
