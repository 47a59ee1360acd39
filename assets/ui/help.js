// Warning signs, what to do and whom to call. Everything is loaded with the page, so it works
// without a server. A yes shows its card at once and is put into the outbox, which sends it now or
// when the server is back.

const version = new URL(import.meta.url).search;
const { whenIdle } = await import(`./unasked.js${version}`);

const OPEN = 'data-coach-help';
const AWAY = 'data-coach-away';
const ASKS = 'a.coach-wrong'; // a button of the page that opens this; without it, it leads to the page of warning signs
const COLOURS = ['text', 'background', 'secondary-background', 'primary', 'border'];

const STYLE = `
  :host { all: initial; }
  dialog { box-sizing: border-box; width: 100%; max-width: none; height: 100%; max-height: none; margin: 0; border: 0; padding: 24px 16px 40px;
    overflow: auto; overscroll-behavior: contain; background: var(--st-background-color, #fbf9f5); color: var(--st-text-color, #1b2325);
    font-family: var(--coach-page-font); font-size: 18px; }
  dialog:not([open]) { display: none; }
`;

let help = null;

export default function mount(component) {
  const { data } = component;
  if (help && help.data.owner !== data.owner) help.remove();
  help ??= new Help();
  help.update(component, data);
  const mine = help;
  return () => mine.leave(component.parentElement);
}

class Help {
  constructor() {
    this.host = Object.assign(document.createElement('div'), { id: 'coach-help' });
    this.dialog = document.createElement('dialog');
    this.root = Object.assign(document.createElement('div'), { className: 'coach' });
    this.sheet = Object.assign(document.createElement('link'), { rel: 'stylesheet' });
    this.sheet.onload = this.sheet.onerror = () => this.root.classList.add('styled');
    this.dialog.append(this.root);
    const own = Object.assign(document.createElement('style'), { textContent: STYLE });
    this.host.attachShadow({ mode: 'open' }).append(this.sheet, own, this.dialog);
    document.body.append(this.host);
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.dialog.addEventListener('close', () => this.closed(), { signal });
    window.addEventListener('coach:help', (event) => this.open(event), { signal });
    document.addEventListener('click', (event) => this.asked(event), { signal });
    document.addEventListener('keydown', (event) => this.pressed(event), { signal });
  }

  update(component, data) {
    Object.assign(this, { component, data, parent: component.parentElement, orphan: false });
    const { css, modules } = this.data;
    if (this.sheet.getAttribute('href') !== css) this.sheet.href = css;
    const look = getComputedStyle(this.parent.host ?? this.parent);
    for (const name of COLOURS) this.host.style.setProperty(`--st-${name}-color`, look.getPropertyValue(`--st-${name}-color`));
    this.host.style.setProperty('--coach-page-font', look.fontFamily);
    this.dialog.setAttribute('aria-label', this.data.words.title);
    this.dialog.lang = this.data.lang;
    this.loaded ??= this.load(modules);
  }

  /** Load everything while the server answers; retry what could not be loaded. */
  async load(modules, n = 0) {
    try {
      const fetched = modules.map((address) => import(new URL(n ? `${address}&again=${n}` : address, location.origin).href));
      [this.dom, this.screens, this.outbox] = await Promise.all(fetched);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      return this.left ? null : this.load(modules, n + 1);
    }
    this.saved = this.dom.el('p', { class: 'saved', testid: 'saved-state', role: 'status' });
    this.refusals = this.dom.el('div', { class: 'refusals' });
    this.host.dataset.ready = '';
    if (this.wanted && location.pathname !== '/warning') this.open(new Event('coach:help'));
    const waits = await this.outbox.pending(this.data.owner).catch(() => []);
    const told = waits.find(({ kind }) => kind === 'red_flag');
    if (told) {
      const flags = this.data.groups.flatMap((group) => group.flags);
      this.told = told.id;
      this.flag = flags.find(({ id }) => id === told.payload.flag) ?? null;
    }
    if (waits.length) this.send();
    return null;
  }

  open(event) {
    this.wanted = !this.saved; // not loaded yet: open as soon as it is
    if (this.wanted || this.dialog.open) return;
    event.preventDefault(); // handled here: the server need not be asked
    this.root.replaceChildren();
    this.dialog.showModal();
    document.documentElement.toggleAttribute(OPEN, true);
    this.dom.followTheme(this.root);
    if (this.flag) this.card();
    else this.list();
  }

  asked(event) {
    if (!event.target.closest?.(ASKS)) return;
    // What no server can answer is not asked of it
    if (this.saved || document.documentElement.hasAttribute(AWAY)) event.preventDefault();
    this.open(event);
  }

  /** A link that is a button answers to the space bar too. */
  pressed(event) {
    const button = event.key === ' ' && event.target.closest?.(ASKS);
    if (!button) return;
    event.preventDefault();
    button.click();
  }

  close() {
    this.dialog.close();
  }

  closed() {
    document.documentElement.toggleAttribute(OPEN, false);
    window.dispatchEvent(new Event('coach:help-closed'));
    if (this.orphan) this.remove();
  }

  // -------------------------------------------------------------- screens

  show(node) {
    this.root.replaceChildren(node);
    this.dialog.scrollTo(0, 0);
    this.root.querySelector('.title')?.focus({ preventScroll: true });
  }

  list() {
    const { words, groups, phones } = this.data;
    const above = [this.dom.el('p', {}, words.choose), ...phones.map(this.dom.call)];
    const told = { title: words.title, groups, words, scroller: this.dialog, above };
    const taps = { flag: (one) => this.confirm(one), none: () => this.close(), testid: 'help-none' };
    this.show(this.screens.signList('help', told, taps));
  }

  confirm(flag) {
    this.show(this.screens.confirmFlag(this.data, flag, { yes: () => this.yes(flag), no: () => this.list() }));
  }

  yes(flag) {
    this.flag = flag;
    this.card();
    this.keep(flag);
    window.dispatchEvent(new CustomEvent('coach:flag', { detail: { flag: flag.id } }));
  }

  /** The card: what to do now. It stays first until a page from the server shows it. */
  card() {
    const outcome = { saved: this.saved, refusals: this.refusals, leave: () => this.close() };
    const node = this.screens.card(this.data, this.flag, outcome);
    node.append(this.dom.button(this.data.words.more, { testid: 'help-more', onclick: () => this.list() }));
    this.show(node);
  }

  // -------------------------------------------------------------- recording a yes

  async keep(flag) {
    const { words, owner } = this.data;
    const id = this.outbox.uuid7();
    this.told = id;
    this.saved.textContent = words.saving;
    this.refusals.replaceChildren();
    // It belongs to no session: its own id, which is no session's, is used.
    const item = { id, owner, session: id, kind: 'red_flag', payload: { flag: flag.id } };
    try {
      await this.outbox.put(item);
      this.send();
    } catch {
      this.saved.textContent = words.unsaved;
    }
  }

  send() {
    const { owner, endpoint } = this.data;
    this.sender ??= this.outbox.start({ owner, endpoint, onChange: (state) => this.delivered(state) });
  }

  async delivered({ refused, signs }) {
    const { words, owner } = this.data;
    const waits = (await this.outbox.pending(owner).catch(() => [])).length;
    const why = refused.find(({ id }) => id === this.told)?.why;
    if (this.told) {
      this.saved.textContent = why ? '' : waits ? words.waiting : words.saved;
      this.saved.toggleAttribute('data-waiting', waits > 0);
      this.refusals.replaceChildren(why ? this.dom.el('p', {}, words.refused.replace('{why}', why)) : '');
    }
    if (waits || why) return;
    this.sender?.stop();
    this.sender = null;
    // A yes of an earlier load of the page that is stored by now is shown from now on; Today learns of
    // it by itself. Anything else that was stored, such as a set of a session, leads nowhere.
    if (!this.told && (!signs || location.pathname === '/')) return;
    this.told = null;
    this.flag = this.dialog.open ? this.flag : null; // the page itself shows it now
    this.dialog.addEventListener('close', () => (this.flag = null), { once: true });
    whenIdle(() => this.component.setTriggerValue('stored', Date.now()), () => help === this && !this.orphan);
  }

  // -------------------------------------------------------------- leaving

  leave(parent) {
    if (parent !== this.parent) return;
    // A card that the patient is reading stays open, whatever happens to the page.
    if (this.dialog.open) this.orphan = true;
    else this.remove();
  }

  remove() {
    if (this.left) return;
    this.left = true;
    this.sender?.stop();
    this.leaving.abort();
    document.documentElement.toggleAttribute(OPEN, false);
    this.host.remove();
    if (help === this) help = null;
  }
}
