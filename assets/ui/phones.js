// The numbers to call are links wherever they stand in a text: one tap calls, on every page.

const TEXTS = '[data-testid="stText"] *, [data-testid="stMarkdownContainer"] *, [data-testid="stText"]';
const NOT_IN = 'a, button, input, textarea, label, summary, [contenteditable]';

let known = [];
let watcher = null;

/** Only an element whose one child is a text is changed: React then writes its text anew, and never looks for the node. */
function link(element) {
  const only = element.childNodes.length === 1 && element.firstChild;
  if (!only || only.nodeType !== Node.TEXT_NODE || element.closest(NOT_IN)) return;
  const parts = split(only.data);
  if (parts.some((each) => typeof each !== 'string')) element.replaceChildren(...parts);
}

export function split(text) {
  for (const { text: number, tel } of known) {
    const at = place(text, number);
    if (at < 0) continue;
    const call = document.createElement('a');
    call.href = `tel:${tel}`;
    call.textContent = number;
    call.className = 'coach-phone';
    return [...split(text.slice(0, at)), call, ...split(text.slice(at + number.length))].filter((each) => each !== '');
  }
  return [text];
}

/** 911 is a number of its own, not part of a longer one or of a time. */
function place(text, number) {
  for (let at = text.indexOf(number); at >= 0; at = text.indexOf(number, at + 1)) {
    const around = text.slice(Math.max(0, at - 1), at) + text.slice(at + number.length, at + number.length + 1);
    if (!/[\p{L}\p{N}+]/u.test(around)) return at;
  }
  return -1;
}

const all = () => document.querySelectorAll(TEXTS).forEach(link);

export default function mount({ data }) {
  known = data.numbers;
  all();
  watcher ??= new MutationObserver(all);
  watcher.observe(document.querySelector('.stMain') ?? document.body, { childList: true, subtree: true, characterData: true });
  return () => watcher.disconnect();
}
