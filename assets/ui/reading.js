// Reads the page's text aloud, paragraph by paragraph, and stills a drawing that moves. Both buttons
// stand in the text; a second tap takes the first one back. The browser's voice reads; where it has
// none in this language, the recordings of the session's voice say what there is of them.

const TEXT = '.stMain .coach-text :is(h1, h2, h3, p, li > span, li:not(:has(> span)), td, th)';
const MOVES = '&moves#moves';
const VOICES_COME_MS = 1500; // browsers load their voices after the first question for them

const parts = new WeakMap();
let listening = null; // the button that was tapped, what it said before, and who reads

export default function mount({ parentElement: parent, data }) {
  stop(); // another text is shown, or the same in another language
  parts.get(parent)?.();
  const tapped = (event) => {
    const button = event.target.closest?.('.coach-listen, .coach-still');
    if (button?.matches('.coach-listen')) listen(button, data);
    else if (button) still(button, data.words);
  };
  document.addEventListener('click', tapped);
  addEventListener('pagehide', stop);
  const leave = () => {
    stop();
    document.removeEventListener('click', tapped);
    removeEventListener('pagehide', stop);
    parts.delete(parent);
  };
  parts.set(parent, leave);
  return leave;
}

function say(button, words) {
  button.querySelector('span:last-child').textContent = words;
}

async function listen(button, { words, recorded }) {
  if (listening) return stop();
  const mine = (listening = { button, words: button.textContent, context: context() });
  const spoken = await voices();
  if (listening !== mine) return; // stopped meanwhile
  const texts = [...document.querySelectorAll(TEXT)].map((each) => each.textContent.trim()).filter(Boolean);
  const files = texts.map((text) => recorded[text]).filter(Boolean);
  if (!spoken && !files.length) return none(button, words);
  say(button, words.stop);
  button.setAttribute('aria-pressed', 'true');
  if (spoken) speak(mine, texts, words);
  else play(mine, files, words);
}

/** Say that nobody here can read this. */
function none(button, words) {
  stop();
  say(button, words.none);
}

function speak(mine, texts, words) {
  const { lang } = document.documentElement;
  mine.spoken = texts.map((text) => Object.assign(new SpeechSynthesisUtterance(text), { lang, rate: 0.9 }));
  mine.spoken.at(-1).onend = () => listening === mine && stop();
  for (const each of mine.spoken) {
    each.onerror = () => listening === mine && none(mine.button, words);
    speechSynthesis.speak(each);
  }
}

/** Begun in the tap: phones let no other sound begin. */
function context() {
  try {
    const made = new AudioContext();
    made.resume().catch(() => {});
    return made;
  } catch {
    return null; // no audio device
  }
}

async function play(mine, files, words) {
  mine.told = Object.assign(document.createElement('p'), { role: 'status', textContent: words.some });
  mine.button.after(mine.told);
  try {
    for (const file of files) {
      const answer = await fetch(file);
      const source = mine.context.createBufferSource();
      source.buffer = await mine.context.decodeAudioData(await answer.arrayBuffer());
      source.connect(mine.context.destination);
      if (listening !== mine) return;
      source.start();
      await new Promise((over) => (source.onended = over));
      if (listening !== mine) return;
    }
    stop();
  } catch {
    if (listening === mine) none(mine.button, words); // no connection, no audio device
  }
}

function stop() {
  if (!listening) return;
  const { button, words, context: opened, told } = listening;
  listening = null;
  if ('speechSynthesis' in window) speechSynthesis.cancel();
  opened?.close().catch(() => {});
  told?.remove();
  say(button, words);
  button.setAttribute('aria-pressed', 'false');
}

/** Whether there is a voice in the page's language; it may take a moment until the browser knows. */
async function voices() {
  if (!('speechSynthesis' in window)) return false;
  const language = (tag) => tag.toLowerCase().split(/[-_]/)[0];
  const mine = () => speechSynthesis.getVoices().some(({ lang }) => language(lang) === language(document.documentElement.lang));
  if (speechSynthesis.getVoices().length) return mine();
  await new Promise((resolve) => {
    speechSynthesis.addEventListener('voiceschanged', resolve, { once: true });
    setTimeout(resolve, VOICES_COME_MS);
  });
  return mine();
}

function still(button, words) {
  const source = button.parentElement.querySelector('.coach-moving source');
  const stands = button.getAttribute('aria-pressed') === 'true';
  button.said ??= button.textContent;
  source.srcset = stands ? source.srcset + MOVES : source.srcset.replace(MOVES, '');
  button.setAttribute('aria-pressed', String(!stands));
  say(button, stands ? button.said : words.moves);
}
