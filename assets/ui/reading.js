// Reads the page's text aloud with the browser's voice, paragraph by paragraph, and stills a drawing
// that moves. Both buttons stand in the text; a second tap takes the first one back.

const TEXT = '.stMain .coach-text :is(h1, h2, h3, p, li > span, li:not(:has(> span)), td, th)';
const MOVES = '&moves#moves';
const VOICES_COME_MS = 1500; // browsers load their voices after the first question for them

const parts = new WeakMap();
let listening = null; // the button that was tapped, and what it said before

export default function mount({ parentElement: parent, data }) {
  stop(); // another text is shown, or the same in another language
  parts.get(parent)?.();
  const tapped = (event) => {
    const button = event.target.closest?.('.coach-listen, .coach-still');
    if (button?.matches('.coach-listen')) listen(button, data.words);
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

async function listen(button, words) {
  if (listening) return stop();
  listening = { button, words: button.textContent };
  const mine = listening;
  if (!(await voices())) {
    if (listening !== mine) return;
    listening = null;
    say(button, words.none);
    return;
  }
  if (listening !== mine) return; // stopped meanwhile
  say(button, words.stop);
  button.setAttribute('aria-pressed', 'true');
  const texts = [...document.querySelectorAll(TEXT)].map((each) => each.textContent.trim()).filter(Boolean);
  mine.spoken = texts.map((text) => Object.assign(new SpeechSynthesisUtterance(text), { lang: document.documentElement.lang, rate: 0.9 }));
  mine.spoken.at(-1).onend = () => listening === mine && stop();
  for (const each of mine.spoken) {
    each.onerror = () => listening === mine && stop();
    speechSynthesis.speak(each);
  }
}

function stop() {
  if (!listening) return;
  const { button, words } = listening;
  listening = null;
  if ('speechSynthesis' in window) speechSynthesis.cancel();
  say(button, words);
  button.setAttribute('aria-pressed', 'false');
}

/** Whether there is a voice; it may take a moment until the browser knows. */
async function voices() {
  if (!('speechSynthesis' in window)) return false;
  if (speechSynthesis.getVoices().length) return true;
  await new Promise((resolve) => {
    speechSynthesis.addEventListener('voiceschanged', resolve, { once: true });
    setTimeout(resolve, VOICES_COME_MS);
  });
  return speechSynthesis.getVoices().length > 0;
}

function still(button, words) {
  const source = button.parentElement.querySelector('.coach-moving source');
  const stands = button.getAttribute('aria-pressed') === 'true';
  button.said ??= button.textContent;
  source.srcset = stands ? source.srcset + MOVES : source.srcset.replace(MOVES, '');
  button.setAttribute('aria-pressed', String(!stands));
  say(button, stands ? button.said : words.moves);
}
