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
    });
    button.addEventListener('click', () => play(test));
  }
  test.data = data;
  test.button.textContent = data.words.test;
  return () => {
    test.sound?.close();
    test.button.remove();
    test.said.remove();
    tests.delete(parent);
  };
}

function play(test) {
  const { voice, tones, lang, say, words } = test.data;
  if (!voice && !tones) {
    test.said.textContent = words.both_off;
    return;
  }
  if (!test.module) return;
  test.sound?.close();
  test.sound = new test.module.Sound({ lang, voice, tones });
  test.sound.unlock();
  // Devices need a moment between the tap and the first note.
  setTimeout(() => test.sound.play({ kind: 'tighten', say }), 150);
  const mute = voice && !('speechSynthesis' in window && speechSynthesis.getVoices().length);
  const heard = voice && !mute ? (tones ? words.both : words.voice) : words.tones;
  test.said.textContent = mute ? [tones ? words.tones : '', words.no_voice].filter(Boolean).join(' ') : heard;
}
