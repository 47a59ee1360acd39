// Unsent text is stored in this browser until it is sent, so that a session that ended, a reload or
// a replaced server loses nothing. It is encrypted with a key that only pages of the same account
// get.

import { PLACE } from './last_patient.js';

const PREFIX = 'coach-draft:';
const PING_EVERY_MS = 60_000;
const TRIES = 5;
const LOOK_EVERY_MS = 1000;
const COMMIT_MS = 250; // from blur until Streamlit has sent the field's text
const TYPED = 'textarea, input:not([type]), input[type=text], input[type=search], input[type=tel]';

const state = { data: null, key: null, keyText: '', sent: new Set(), asked: new Set(), turns: new Map(), done: new WeakMap(), pinged: -Infinity };
let watching = false;

export default function mount({ data, setTriggerValue }) {
  const other = state.keyText && state.keyText !== data.key;
  state.data = data;
  if (other) state.done = new WeakMap();
  if (state.keyText !== data.key) {
    state.keyText = data.key;
    state.key = crypto.subtle
      ? crypto.subtle.importKey('raw', bytes(data.key), 'AES-GCM', false, ['encrypt', 'decrypt'])
      : null; // without https there is no Web Crypto: nothing is stored rather than in plain text
  }
  for (const [serial, slot] of Object.entries(data.sent)) {
    if (state.sent.has(serial)) continue;
    state.sent.add(serial);
    forget(slot);
  }
  for (const [name, held] of Object.entries(data.held)) hold(name, held, setTriggerValue);
  remember(data.place);
  sweep(data.kept_ms);
  watch();
  restoreAll();
  return () => {};
}

/** Keep what was chosen so far, or tell once what was chosen before this page was loaded. */
async function hold(name, { slot, text, wait }, tell) {
  const first = !state.asked.has(slot);
  state.asked.add(slot);
  if (text !== null) keep(slot, text);
  else if (first) {
    const before = await read(slot);
    if (before !== null || wait) tell('stored', { name, text: before ?? '' });
  }
}

function watch() {
  if (watching) return;
  watching = true;
  document.addEventListener('input', typed, true);
  new MutationObserver(restoreAll).observe(document.body, { childList: true, subtree: true });
  setInterval(restoreAll, LOOK_EVERY_MS);
  let left = { at: -Infinity };
  let touched = null;
  document.addEventListener('input', ({ target }) => target.matches?.(TYPED) && (touched = target), true);
  document.addEventListener('focusout', (event) => {
    if (event.target !== touched) return;
    touched = null;
    left = { at: event.timeStamp };
  }, true);
  // Streamlit sends the text of a field a moment after the click that left it: the run for that
  // text would replace the run for the click, and the first tap on the menu would have no effect.
  window.addEventListener('click', (event) => {
    const link = event.target.closest?.('a[href]');
    if (!event.isTrusted || !link || event.timeStamp - left.at > COMMIT_MS) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    setTimeout(() => {
      const again = link.isConnected ? link : same(link);
      const click = () => again?.click();
      // The guard has accepted this tap already
      if (window.coachGuard) window.coachGuard.pass(click);
      else click();
    }, COMMIT_MS);
  }, true);
}

function same(link) {
  return [...document.querySelectorAll('a[href]')].find((each) => each.href === link.href && each.textContent === link.textContent);
}

function typed(event) {
  if (event.isTrusted) ping();
  const found = fieldOf(event.target);
  if (!found) return;
  const { value } = event.target;
  if (event.isTrusted) line(found.box, '');
  if (value === found.field.base) forget(found.field.slot);
  else keep(found.field.slot, value);
}

/** Typing keeps the session alive: reported once a minute at most. */
function ping() {
  const now = Date.now();
  if (!state.data.ping || now - state.pinged < PING_EVERY_MS) return;
  state.pinged = now;
  fetch('/api/typing', { method: 'POST', cache: 'no-store' }).catch(() => (state.pinged = -Infinity));
}

function fieldOf(target) {
  if (!target.matches?.(TYPED)) return null;
  for (let box = target.parentElement; box; box = box.parentElement) {
    for (const name of box.classList) if (state.data.fields[name]) return { box, field: state.data.fields[name] };
  }
  return null;
}

function restoreAll() {
  for (const [name, field] of Object.entries(state.data.fields)) {
    const box = document.getElementsByClassName(name)[0];
    const input = box?.querySelector(TYPED);
    // A run that was under way may reset the field once more.
    const tries = state.done.get(input) ?? 0;
    if (!input || input.value !== field.base || tries >= TRIES || !kept(field.slot)) continue;
    state.done.set(input, tries + 1);
    restore(box, input, field);
  }
}

async function restore(box, input, field) {
  const text = await read(field.slot);
  if (text === null || text === input.value || input.value !== field.base) return;
  const kind = input instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(kind.prototype, 'value').set.call(input, text);
  input.dispatchEvent(new Event('input', { bubbles: true }));
  line(box, state.data.words.back);
  // Streamlit sends a field's text on blur.
  setTimeout(() => input.dispatchEvent(new FocusEvent('focusout', { bubbles: true })), 50);
}

/** Show below a field that its text is not saved; '' removes the note. */
function line(box, text) {
  let said = box.querySelector(':scope > .coach-draft');
  if (!said && text) {
    said = document.createElement('p');
    said.className = 'coach-draft';
    said.setAttribute('role', 'status');
    box.append(said);
  }
  if (said) said.textContent = text;
}

// storage

async function keep(slot, text) {
  const turn = next(slot);
  if (!state.key) return;
  try {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await state.key, new TextEncoder().encode(text));
    if (state.turns.get(slot) !== turn) return; // typed on, or sent
    localStorage.setItem(PREFIX + slot, JSON.stringify({ at: Date.now(), iv: base64(iv), text: base64(new Uint8Array(sealed)) }));
  } catch {
    // a browser without storage: the text is in the field alone
  }
}

function kept(slot) {
  try {
    return localStorage.getItem(PREFIX + slot) !== null;
  } catch {
    return false;
  }
}

async function read(slot) {
  if (!state.key) return null;
  try {
    const found = JSON.parse(localStorage.getItem(PREFIX + slot));
    if (!found) return null;
    const text = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytes(found.iv) }, await state.key, bytes(found.text));
    return new TextDecoder().decode(text);
  } catch {
    return null;
  }
}

function forget(slot) {
  next(slot);
  try {
    localStorage.removeItem(PREFIX + slot);
  } catch {
    // nothing is kept here
  }
}

function next(slot) {
  const turn = (state.turns.get(slot) ?? 0) + 1;
  state.turns.set(slot, turn);
  return turn;
}

/** Delete drafts of any account that are older than the limit. */
function sweep(keptMs) {
  try {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(PREFIX)) continue;
      let at = 0;
      try {
        ({ at } = JSON.parse(localStorage.getItem(name)));
      } catch {
        // not ours
      }
      if (!(Math.abs(Date.now() - at) < keptMs)) localStorage.removeItem(name);
    }
  } catch {
    // nothing is kept here
  }
}

function remember(place) {
  try {
    if (place) sessionStorage.setItem(PLACE, JSON.stringify(place));
  } catch {
    // the list is where it begins then
  }
}

const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const base64 = (raw) => btoa(Array.from(raw, (each) => String.fromCharCode(each)).join(''));
