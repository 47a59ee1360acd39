// The tap guard. A tap counts only if its target has been painted, with the same words on the same
// screen at the same place, for READY_MS: so the second tap of a double tap never answers the next
// question. Loaded in <head> of every document, before anything can be tapped. It covers fingers,
// keys and screen readers; typing, scrolling and moving the focus are never blocked, and if the
// guard itself fails, taps go through.

(() => {
  const READY_MS = 600; // from painted until a tap counts
  const ANSWERED_MS = 4000; // how long an answered screen waits for the server at most
  const PAINTED_AFTER_MS = 250; // counts as painted after this time if the browser paints no frame
  const LOOK_EVERY_MS = 300; // for changes and moves that no event reports

  const CONTROLS =
    'button, a[href], summary, label, input, select, textarea, [data-tap], ' +
    ['button', 'link', 'tab', 'checkbox', 'radio', 'switch', 'option', 'menuitem', 'combobox', 'slider'].map((role) => `[role=${role}]`).join(', ');
  const WRITTEN_IN = 'textarea, select, [contenteditable], input:not([type=button], [type=submit], [type=reset], [type=checkbox], [type=radio], [type=file])';
  // Streamlit's buttons: each sends an answer, and the server then shows the next screen.
  const ASKS_SERVER = '.stButton button, .stFormSubmitButton button, .stPageLink a, .st-key-coach-menu a, form button';
  // Controls that are meant to be tapped quickly in a row.
  const STEPPERS = '[data-testid^=stNumberInputStep], [slot=previous], [slot=next]';

  const SCROLLING = ['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', 'Tab'];

  const roots = new Set([document]);
  let records = new Map(); // control -> what was painted there, and since when
  let answered = null; // the answered screen that is not replaced yet
  let press = null; // the current tap, and whether it counts
  let passing = false; // true while one of our scripts clicks
  let scripted = -Infinity; // when a script last scrolled and something moved
  let scrolled = -Infinity; // when the user last scrolled
  let beat = -Infinity;
  let timer = 0;

  // ---------------------------------------------------------------- controls and places

  const up = (node) => node.parentNode ?? node.host ?? null;

  /** A label is a control if a tap on it toggles a checkbox. */
  const isControl = (node) =>
    node.matches?.(CONTROLS) && (node.tagName !== 'LABEL' || node.control?.matches('[type=checkbox], [type=radio], [type=file]'));

  function* controls() {
    for (const root of roots) {
      if (root !== document && !root.host.isConnected) continue;
      for (const node of root.querySelectorAll(CONTROLS)) if (isControl(node)) yield node;
    }
  }

  /** Identifies the screen: page, the screen's name, headings. */
  function screen() {
    const titles = [...document.querySelectorAll('h1')].map((title) => title.textContent);
    return [location.pathname, document.documentElement.dataset.coachScreen ?? '', ...titles].join('\n');
  }

  /** The nearest key and screen's name of a node and all around it; `known` has those of the same look. */
  function names(node, known) {
    if (!node) return ['', ''];
    let found = known.get(node);
    if (!found) {
      const [key, part] = names(up(node), known);
      const own = (node.getAttribute?.('class') ?? '').split(/\s+/).find((name) => name.startsWith('st-key-'));
      found = [own ?? key, node.getAttribute?.('data-screen') || part];
      known.set(node, found);
    }
    return found;
  }

  /** The identity of a control: two with the same one are the same question asked again. */
  function signature(node, where, known = new Map()) {
    const [key, part] = names(node, known);
    const which = [where, part, key, node.tagName, node.type, node.getAttribute('aria-label') ?? ''];
    if (node.matches(WRITTEN_IN)) return which.join('\t');
    const state = ['href', 'kind', 'aria-expanded', 'aria-pressed', 'aria-checked', 'aria-selected'].map((name) => node.getAttribute(name));
    return [...which, node.dataset.tap ?? node.textContent, node.disabled, node.parentNode?.open, ...state].join('\t');
  }

  /** Scroll position and height of a node and all that scrolls around it; `known` has those of the same look. */
  function scrolls(node, known) {
    if (!node) return [0, 0, 0];
    let sums = known.get(node);
    if (!sums) {
      const [x, y, tall] = scrolls(up(node), known);
      sums = [x + (node.scrollLeft ?? 0), y + (node.scrollTop ?? 0), tall + (node.scrollHeight ?? 0)];
      known.set(node, sums);
    }
    return sums;
  }

  function place(node, known = new Map()) {
    const { left, top, right, bottom } = node.getBoundingClientRect();
    const [x, y, tall] = scrolls(node, known);
    return { left, top, right, bottom, x, y, tall };
  }

  /**
   * Whether a scroll was the user's, who sees what is coming; a script's scroll brings new content
   * under the finger.
   */
  const seenComing = () => scrolled >= scripted || performance.now() - scripted >= READY_MS;

  /**
   * Whether a point was inside an earlier place, which may have scrolled since, or stays fixed
   * while the rest scrolls. A page that became shorter scrolls by itself, and that brings new
   * content under the finger.
   */
  function lay(box, x, y, now) {
    const within = (px, py) => px >= box.left && px <= box.right && py >= box.top && py <= box.bottom;
    return within(x, y) || (seenComing() && now.tall >= box.tall && within(x + now.x - box.x, y + now.y - box.y));
  }

  const seen = (box) => box.right > box.left && box.bottom > box.top;
  const middle = (box) => [(box.left + box.right) / 2, (box.top + box.bottom) / 2];

  /** Examine all controls; new, changed and moved ones start their time now. */
  function look() {
    const now = performance.now();
    if (document.hidden) return;
    beat = now;
    const where = screen();
    const found = new Set(controls());
    const gone = [...records].filter(([node]) => !found.has(node)).map(([, record]) => record);
    const next = new Map();
    const [named, scrolling] = [new Map(), new Map()];
    for (const node of found) {
      const box = place(node, scrolling);
      if (!seen(box)) continue;
      const sign = signature(node, where, named);
      let record = records.get(node);
      if (record?.sign !== sign) {
        // Drawn again unchanged: the content under the finger is the same.
        const before = gone.find((each) => each.sign === sign && lay(each.places.at(-1).box, ...middle(box), box));
        record = { sign, since: before?.since ?? now, spent: before?.spent ?? -Infinity, places: before?.places ?? [{ from: now, box }] };
      } else {
        const last = record.places.at(-1);
        if (lay(last.box, ...middle(box), box)) last.box = box;
        else record.places = [...record.places.filter((each, n, all) => (all[n + 1]?.from ?? now) > now - READY_MS), { from: now, box }];
      }
      next.set(node, record);
    }
    records = next;
    mark();
  }

  // ---------------------------------------------------------------- whether a tap counts

  /**
   * Whether a tap at that time on a recorded control counts. `point` is null for a key or a screen
   * reader.
   */
  function counts(node, record, at, point, box = record.places.at(-1).box) {
    if (at - record.since < READY_MS) return false;
    if (!node.matches(STEPPERS) && at - record.spent < READY_MS) return false;
    if (waits() && record.since <= answered.at && !node.matches('a[href^="tel:"]')) return false;
    if (!point) return true;
    return record.places.every((each, n, all) => {
      const over = all[n + 1]?.from ?? Infinity;
      return over < at - READY_MS || lay(each.box, ...point, box);
    });
  }

  function waits() {
    // Set while the server does not answer
    const away = document.documentElement.hasAttribute('data-coach-away');
    if (away || (answered && performance.now() - answered.at > ANSWERED_MS)) answered = null;
    return answered !== null;
  }

  function verdict(node, event, point) {
    // A busy page gets the event late
    const lag = Math.max(0, new Event('now').timeStamp - event.timeStamp);
    if (performance.now() - beat > 2000) look();
    const record = records.get(node);
    if (!record) return !seen(place(node)); // an invisible control is clicked by a program
    if (record.sign !== signature(node, screen())) return false;
    return counts(node, record, performance.now() - lag, point, place(node));
  }

  // ---------------------------------------------------------------- taps

  const control = (event) => event.composedPath().find(isControl);

  function drop(event) {
    document.documentElement.dataset.coachDropped = event.timeStamp;
    event.stopImmediatePropagation();
    if (event.cancelable && !event.type.startsWith('touch')) event.preventDefault();
    soon();
  }

  function begins(event) {
    const node = control(event);
    press = node && !node.matches(WRITTEN_IN) ? { ok: verdict(node, event, [event.clientX, event.clientY]) } : null;
    if (press && !press.ok) drop(event);
  }

  /** Suppress all events of a tap that does not count. */
  function belongs(event) {
    if (press && !press.ok && event.isTrusted) drop(event);
  }

  function click(event) {
    const dropped = press && !press.ok && event.isTrusted && event.detail > 0;
    press = null;
    if (dropped) return drop(event);
    const node = control(event);
    if (!node || passing || node.matches(WRITTEN_IN)) return;
    if (verdict(node, event, null)) taken(node);
    else drop(event);
  }

  function taken(node) {
    const record = records.get(node);
    if (record && node.tagName !== 'LABEL') record.spent = performance.now();
    if (node.matches(ASKS_SERVER)) answered = { at: performance.now() };
    mark();
  }

  function byHand() {
    scrolled = performance.now();
  }

  function key(event) {
    if (SCROLLING.includes(event.key)) byHand();
    const node = event.composedPath()[0];
    if (!['Enter', ' '].includes(event.key) || event.isComposing || !isControl(node)) return;
    if (node.matches(WRITTEN_IN)) {
      if (event.key === ' ' || node.matches('textarea, [contenteditable]')) return;
      // Enter submits what was typed; the user has seen the field.
      const record = records.get(node);
      const wrote = record && record.wrote === record.sign;
      if (record) record.wrote = '';
      if (event.repeat || !(wrote || verdict(node, event, null))) return drop(event);
      // In an HTML form Enter clicks the button, and that click is checked.
      if (!node.form && node.closest('.stForm')) answered = { at: performance.now() };
      return;
    }
    if (event.repeat || !verdict(node, event, null)) drop(event);
  }

  function keyup(event) {
    const node = event.composedPath()[0];
    if (event.key === ' ' && isControl(node) && !node.matches(WRITTEN_IN) && !verdict(node, event, null)) drop(event);
  }

  function wrote(event) {
    const record = records.get(event.composedPath()[0]);
    if (record) record.wrote = record.sign;
  }

  // ---------------------------------------------------------------- marks: controls that are not ready take no taps; tests read them

  const style = '[data-coach-wait] { pointer-events: none !important; }';
  let sheet = null;
  try {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
  } catch {
    // An old browser: controls that are not ready look normal, but take no taps.
  }

  function mark() {
    const now = performance.now();
    let waiting = false;
    for (const [node, record] of records) {
      const wait = !counts(node, record, now, middle(record.places.at(-1).box)) && !node.matches(WRITTEN_IN);
      waiting ||= wait;
      if (node.hasAttribute('data-coach-wait') !== wait) node.toggleAttribute('data-coach-wait', wait);
    }
    document.documentElement.dataset.coachReady = String(!waiting);
    clearTimeout(timer);
    timer = setTimeout(safely(waiting ? due : soon), waiting ? 50 : LOOK_EVERY_MS);
  }

  /** What is ready takes taps at once: a slow device paints no frame for long. */
  function due() {
    mark();
    soon();
  }

  /** Mark new and changed controls at once, before they are painted. */
  function markNew() {
    const where = screen();
    const named = new Map();
    for (const node of controls()) {
      if (records.get(node)?.sign === signature(node, where, named) || node.matches(WRITTEN_IN)) continue;
      node.toggleAttribute('data-coach-wait', true);
      document.documentElement.dataset.coachReady = 'false';
    }
  }

  /** An error in the guard must not block the page. */
  function safely(act) {
    return (...given) => {
      try {
        return act(...given);
      } catch (error) {
        console.warn('guard', error);
        return undefined;
      }
    };
  }

  // ---------------------------------------------------------------- when to examine

  let asked = null;
  /** Examine the controls after the next frame has been painted. */
  function soon() {
    if (asked) return;
    const turn = (asked = {});
    const once = safely(() => {
      if (asked !== turn) return;
      asked = null;
      look();
    });
    requestAnimationFrame(() => requestAnimationFrame(once));
    setTimeout(once, PAINTED_AFTER_MS);
  }

  const state = () => document.querySelector('[data-test-script-state]')?.dataset.testScriptState;

  /**
   * Whether a change of the page says that the run for an answer is over. On a slow device the whole
   * run may pass between two frames, its state as if unchanged: what it drew is then all there is to see.
   */
  function ends(change) {
    if (state() !== 'notRunning') return false;
    if (change.attributeName) return change.attributeName === 'data-test-script-state';
    const drawn = change.type === 'childList' && [...change.addedNodes, ...change.removedNodes].some((each) => each.nodeType === Node.ELEMENT_NODE);
    return drawn && Boolean(change.target.closest?.('.stMain'));
  }

  const observer = new MutationObserver(safely((changes) => {
    // The run for an answer is over: this screen, whichever it is, may be answered.
    if (answered && changes.some(ends)) {
      answered = null;
      mark();
    }
    markNew();
    soon();
  }));

  function observe(root) {
    roots.add(root);
    if (sheet) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    const attributeFilter = ['class', 'hidden', 'disabled', 'open', 'data-screen', 'data-coach-screen', 'data-test-script-state'];
    observer.observe(root, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter });
  }

  const attach = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (init) {
    const root = attach.call(this, init);
    safely(observe)(root);
    return root;
  };

  for (const how of ['scrollIntoView', 'scroll', 'scrollTo', 'scrollBy']) {
    const scroll = Element.prototype[how];
    Element.prototype[how] = function (...given) {
      const where = () => `${this.getBoundingClientRect().top} ${this.scrollTop}`;
      const before = where();
      scroll.apply(this, given);
      if (where() === before) return;
      scripted = performance.now();
      soon();
    };
  }

  observe(document);
  const listen = (kinds, act, passive = false) =>
    kinds.forEach((kind) => window.addEventListener(kind, safely(act), { capture: true, passive }));
  listen(['pointerdown'], begins);
  listen(['mousedown', 'pointerup', 'mouseup', 'dblclick', 'auxclick'], belongs);
  listen(['touchstart', 'touchend'], belongs, true);
  listen(['pointercancel'], () => (press = null));
  listen(['click'], click);
  listen(['keydown'], key);
  listen(['keyup'], keyup);
  listen(['input'], wrote);
  listen(['resize', 'load'], soon);
  listen(['wheel', 'touchmove'], byHand, true);
  // Controls drawn while the page was hidden start their time when it is shown.
  document.addEventListener('visibilitychange', safely(soon));
  window.addEventListener('pageshow', safely(({ persisted }) => {
    if (persisted) records = new Map();
    answered = null;
    soon();
  }));
  window.coachGuard = Object.freeze({
    readyMs: READY_MS,
    /** Let a script click a control that need not be seen, such as a dialog's close button. */
    pass(act) {
      passing = true;
      try {
        act();
      } finally {
        passing = false;
      }
    },
  });
  soon();
})();
