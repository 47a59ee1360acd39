// Turns phone numbers in texts into links: one tap calls, on every page.

const TEXTS = '[data-testid="stText"] *, [data-testid="stMarkdownContainer"] *, [data-testid="stText"], .coach-text :is(p, li, td, dd)';
const NOT_IN = 'a, button, input, textarea, label, summary, [contenteditable]';

// A phone number in a label, as `text_block.py` finds it too
const NUMBER = /(\+?\d(?:[\d\s().\/-]*\d)+)/;

let known = [];
let watcher = null;

/**
 * Only elements whose single child is a text node are changed. React may go on writing into that
 * node, which is no longer on the page: it is kept, watched, and put back when it changes. An old
 * number must not stay.
 */
function link(element) {
  const only = element.childNodes.length === 1 && element.firstChild;
  if (!only || only.nodeType !== Node.TEXT_NODE || element.closest(NOT_IN)) return;
  const parts = split(only.data);
  if (!parts.some((each) => typeof each !== 'string')) return;
  element.replaceChildren(...parts);
  element.coachText = only;
  watcher.observe(only, { characterData: true });
}

/** Put a text node back after React has changed it. */
function renew(call) {
  const element = call.parentElement;
  const own = element?.coachText;
  if (!own) return;
  if (own.data !== element.textContent) element.replaceChildren(own);
  else watcher.observe(own, { characterData: true });
}

/** A label in pieces: its number is one that never breaks. */
export function whole(label) {
  return label.split(NUMBER).map((part, n) => {
    if (n % 2 === 0) return part;
    const number = Object.assign(document.createElement('span'), { className: 'coach-number', textContent: part });
    number.style.setProperty('--signs', part.length);
    return number;
  });
}

export function split(text) {
  for (const { text: number, tel } of known) {
    const at = place(text, number);
    if (at < 0) continue;
    const call = document.createElement('a');
    call.href = `tel:${tel}`;
    call.textContent = number;
    call.className = 'coach-phone coach-number';
    call.style.setProperty('--signs', number.length);
    return [...split(text.slice(0, at)), call, ...split(text.slice(at + number.length))].filter((each) => each !== '');
  }
  return [text];
}

/** 911 is a number only by itself, not as part of a longer one or of a time. */
function place(text, number) {
  for (let at = text.indexOf(number); at >= 0; at = text.indexOf(number, at + 1)) {
    const around = text.slice(Math.max(0, at - 1), at) + text.slice(at + number.length, at + number.length + 1);
    if (!/[\p{L}\p{N}+]/u.test(around)) return at;
  }
  return -1;
}

function all() {
  document.querySelectorAll('.coach-phone').forEach(renew);
  document.querySelectorAll(TEXTS).forEach(link);
}

export default function mount({ data }) {
  known = data.numbers;
  watcher ??= new MutationObserver(all);
  all();
  watcher.observe(document.querySelector('.stMain') ?? document.body, { childList: true, subtree: true, characterData: true });
  return () => watcher.disconnect();
}
