// Streamlit's own words in the reader's language: those that it writes are replaced where it writes
// them, and nowhere else, so that nothing that somebody entered is taken for one of them.

const PLACES = [
  '[data-testid="stSkipToContent"]',
  '[data-testid="InputInstructions"] *',
  '[data-testid="stFileUploaderDropzone"] :not([data-testid="stFileChipName"])',
  '[data-testid="stDateInputField"] [role="spinbutton"]',
  '[data-testid="stDateInputCalendar"] *',
  '[data-empty] [role="option"] *',
  '[id^="react-aria-description"]',
].join(', ');
const SAID = ['aria-label', 'aria-valuetext', 'aria-roledescription', 'placeholder'];

let exact = new Map();
let patterns = [];
let before = new Map(); // what was replaced: text or attribute -> how it is given back
let watcher = null;

const literal = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function learn(words) {
  exact = new Map();
  patterns = [];
  for (const [english, said] of Object.entries(words)) {
    const parts = english.split(/\{\w+\}/);
    if (parts.length === 1) exact.set(english, said);
    else patterns.push([new RegExp(`^${parts.map(literal).join('(.+)')}$`), said.split(/\{\w+\}/)]);
  }
}

function translated(text) {
  const known = exact.get(text);
  if (known !== undefined) return known;
  for (const [pattern, [first, last]] of patterns) {
    const found = pattern.exec(text);
    if (found) return `${first}${translated(found[1]) ?? found[1]}${last}`;
  }
  return undefined;
}

function write(node) {
  if (!node.parentElement?.matches(PLACES)) return;
  const said = translated(node.data.trim());
  if (said === undefined || said === node.data) return;
  const { data } = node;
  node.data = said;
  before.set(node, () => node.data === said && (node.data = data));
}

function name(element, attribute) {
  const text = element.getAttribute(attribute);
  const said = text && translated(text);
  if (said === undefined || said === null || said === text || said === '') return;
  element.setAttribute(attribute, said);
  const kept = before.get(element);
  before.set(element, () => {
    kept?.();
    if (element.getAttribute(attribute) === said) element.setAttribute(attribute, text);
  });
}

function all(root) {
  if (root.nodeType === Node.TEXT_NODE) return write(root);
  if (root.nodeType !== Node.ELEMENT_NODE) return;
  for (const element of [root, ...root.querySelectorAll(SAID.map((each) => `[${each}]`).join(', '))]) {
    for (const attribute of SAID) name(element, attribute);
  }
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) write(texts.currentNode);
}

function changed(changes) {
  for (const { type, target, attributeName, addedNodes } of changes) {
    if (type === 'attributes') name(target, attributeName);
    else if (type === 'characterData') write(target);
    else addedNodes.forEach(all);
  }
  for (const node of before.keys()) if (!node.isConnected) before.delete(node);
}

/** Give back what Streamlit wrote: the reader has chosen another language. */
function back() {
  watcher?.disconnect();
  for (const undo of before.values()) undo();
  before = new Map();
}

export default function mount({ data }) {
  back();
  learn(data);
  all(document.body);
  watcher ??= new MutationObserver(changed);
  watcher.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: SAID });
  return back;
}
