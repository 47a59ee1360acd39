// Storage of what must not be lost: the record of the running session, and items for the server.
// Both are in IndexedDB "coach" and change in one transaction, so a crash leaves both or neither.

const KEYS = { runs: 'session', outbox: 'id', refused: 'id' };
const BATCH = 50;
const KEEPALIVE_BYTES = 60_000; // browsers refuse keepalive bodies of 64 KiB and more
const RETRY_S = [1, 2, 4, 8, 15];
const ANSWER_WITHIN_MS = 20_000;
const ABANDONED_AFTER_MS = 6 * 3600_000; // until then the same session may still be carried on
const SLEPT_MS = 60_000;

const page = uuid7(); // ages are only monotonic within one page load
const senders = new Set();
// By owner: how many entries of an earlier load of the page were stored since this one, and how many
// of them are warning signs
const earlier = new Map();
const NONE = { all: 0, signs: 0 };
let count = 0;
let opening = null;
let askedToPersist = false;

/**
 * A client-made key: time-ordered UUID, version 7. (crypto.randomUUID needs https; this does not.)
 */
export function uuid7() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Date.now();
  for (let i = 5; i >= 0; i--) {
    bytes[i] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

// ---------------------------------------------------------------- database

const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('coach', 1);
    request.onupgradeneeded = () => {
      for (const [name, keyPath] of Object.entries(KEYS)) request.result.createObjectStore(name, { keyPath });
    };
    request.onsuccess = () => {
      const db = request.result;
      db.onversionchange = db.onclose = () => {
        db.close();
        opening = null;
      };
      resolve(db);
    };
    request.onerror = () => reject(request.error);
  });
  return opening;
}

// Without IndexedDB (some private windows) the player still plays and sends, for the life of the
// page.
const memory = Object.fromEntries(Object.keys(KEYS).map((name) => [name, new Map()]));
const inMemory = {
  get: async (store, key) => structuredClone(memory[store].get(key)),
  all: async (store) => structuredClone([...memory[store].values()]),
  put: async (store, value) => void memory[store].set(value[KEYS[store]], structuredClone(value)),
  remove: async (store, key) => void memory[store].delete(key),
};

async function inDatabase(db, work) {
  const tx = db.transaction(Object.keys(KEYS), 'readwrite', { durability: 'strict' });
  const done = new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = tx.onerror = () => reject(tx.error ?? new Error('transaction aborted'));
  });
  const value = await work({
    get: (store, key) => answer(tx.objectStore(store).get(key)),
    all: (store) => answer(tx.objectStore(store).getAll()),
    put: (store, row) => answer(tx.objectStore(store).put(row)),
    remove: (store, key) => answer(tx.objectStore(store).delete(key)),
  });
  await done;
  return value;
}

async function transact(work) {
  let db;
  try {
    db = await open();
  } catch {
    opening = null;
    return work(inMemory);
  }
  try {
    return await inDatabase(db, work);
  } catch {
    // Safari loses its connection when the phone sleeps: open a new one, once.
    opening = null;
    return inDatabase(await open(), work);
  }
}

// ---------------------------------------------------------------- session record

/**
 * The record of this session: the one on this device, or a new one; its ids are made here, once.
 */
export function openRun({ session, owner, keys, fresh }) {
  return transact(async (t) => {
    const found = await t.get('runs', session);
    if (found && found.owner === owner) return found;
    const ids = Object.fromEntries(keys.map((key) => [key, uuid7()]));
    const now = Date.now();
    const run = { ...fresh, session, owner, ids, started_wall: now, updated_wall: now };
    await t.put('runs', run);
    return run;
  });
}

/** Write the session's record, and put what it posts into the outbox, in one transaction. */
export async function saveRun(run, posts = []) {
  const row = structuredClone({ ...run, updated_wall: Date.now() });
  const items = posts.map((post) => stamped({ ...post, session: run.session, owner: run.owner }));
  await transact(async (t) => {
    await t.put('runs', row);
    for (const item of items) await add(t, item);
  });
  if (items.length) wake();
}

/**
 * Delete the record of an ended session unless items of it still wait. Returns whether it is gone.
 */
export function forgetRun(session) {
  return transact(async (t) => {
    const waiting = (await t.all('outbox')).some((item) => item.session === session);
    if (!waiting) await t.remove('runs', session);
    return !waiting;
  });
}

/** Other sessions of this owner: delete ended ones; post the `draft` of abandoned ones. */
export async function settleOtherRuns(owner, session) {
  const moved = await transact(async (t) => {
    const waiting = new Set((await t.all('outbox')).map((item) => item.session));
    let moved = 0;
    for (const run of await t.all('runs')) {
      if (run.owner !== owner || run.session === session) continue;
      const over = ['ready', 'end', 'card'].includes(run.phase) && !waiting.has(run.session);
      const old = Date.now() - run.updated_wall > ABANDONED_AFTER_MS;
      if (!over && !old) continue;
      for (const post of run.draft ?? []) {
        const item = stamped({ ...post, session: run.session, owner });
        await add(t, { ...item, made_wall: run.updated_wall, page: run.page ?? 'gone' });
        moved += 1;
      }
      await t.remove('runs', run.session);
    }
    return moved;
  });
  if (moved) wake();
}

// ---------------------------------------------------------------- outbox

function stamped({ id, owner, kind, session, payload, estimated = false }) {
  count += 1;
  return { id, owner, kind, session, payload, estimated, made_wall: Date.now(), made_mono: performance.now(), page, order: count };
}

async function add(t, item) {
  // The first item under a key stands: what was recorded is never changed under the same key.
  if (!(await t.get('outbox', item.id)) && !(await t.get('refused', item.id))) await t.put('outbox', item);
}

function wake() {
  for (const sender of senders) sender.woken();
}

/** Put one item ({id, owner, kind, session, payload}) into the outbox. */
export async function put(item) {
  const row = stamped(item);
  await transact((t) => add(t, row));
  wake();
}

/** The items of this owner that no server has acknowledged, oldest first. */
export async function pending(owner) {
  const items = (await transact((t) => t.all('outbox'))).filter((item) => item.owner === owner);
  return items.sort((a, b) => a.made_wall - b.made_wall || a.order - b.order);
}

/** The items of this owner that the server refused, each with its plain sentence `why`. */
export async function refused(owner) {
  return (await transact((t) => t.all('refused'))).filter((item) => item.owner === owner);
}

/** Forget the items of this owner that the server refused: the patient has read why. */
export async function forgetRefused(owner) {
  await transact(async (t) => {
    for (const item of await t.all('refused')) if (item.owner === owner) await t.remove('refused', item.id);
  });
  wake();
}

/**
 * The age of an item, and whether it is an estimate: by the wall clock after a reload or a sleep.
 */
function age(item) {
  const wall = Math.max(0, Date.now() - item.made_wall);
  if (item.page !== page) return { age_ms: Math.round(wall), estimated: true };
  const mono = Math.max(0, performance.now() - item.made_mono);
  // performance.now() stops while some phones sleep: then the wall clock is more accurate.
  if (wall - mono > SLEPT_MS) return { age_ms: Math.round(wall), estimated: true };
  return { age_ms: Math.round(mono), estimated: false };
}

async function post(endpoint, owner, items, firstTry) {
  const body = JSON.stringify({
    owner,
    items: items.map((item) => {
      const { age_ms, estimated } = age(item);
      const { id, kind, session, payload } = item;
      return { id, kind, session, age_ms, estimated: estimated || item.estimated === true, payload };
    }),
  });
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), ANSWER_WITHIN_MS);
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      credentials: 'same-origin',
      keepalive: firstTry && body.length < KEEPALIVE_BYTES,
      signal: timeout.signal,
      body,
    });
    // 400 and 413: this body will never be accepted; any other status may be temporary.
    const reads = [200, 400, 413].includes(response.status);
    return reads ? { whole: response.status === 200, ...(await response.json().catch(() => ({}))) } : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Apply the server's answer: only acknowledged and refused items leave the outbox. Returns how
 * many.
 */
async function settle(items, reply) {
  const acked = new Set(Array.isArray(reply?.ack) ? reply.ack : []);
  const whys = new Map((Array.isArray(reply?.refused) ? reply.refused : []).map(({ id, why }) => [id, String(why ?? '')]));
  const leaving = items.filter((item) => acked.has(item.id) || whys.has(item.id));
  await transact(async (t) => {
    for (const item of leaving) {
      if (!acked.has(item.id)) await t.put('refused', { ...item, why: whys.get(item.id) });
      await t.remove('outbox', item.id);
    }
  });
  for (const { id, owner, kind, page: made } of leaving) {
    if (!acked.has(id) || made === page) continue;
    const { all, signs } = earlier.get(owner) ?? NONE;
    earlier.set(owner, { all: all + 1, signs: signs + (kind === 'red_flag') });
  }
  return leaving.length;
}

const alone = (work) => (navigator.locks ? navigator.locks.request('coach-outbox', work) : work());

async function askToPersist() {
  if (askedToPersist || !navigator.storage?.persist) return;
  askedToPersist = true;
  try {
    if (!(await navigator.storage.persisted())) await navigator.storage.persist();
  } catch {
    // Without persistence the browser may clear old data; nothing can be done about it.
  }
}

/**
 * Send this owner's items until told to stop, one request at a time (over all tabs).
 * `onChange({pending, refused, closed, earlier, signs})`: how many wait, the refused items, why
 * everything is closed, if it is, and how many entries of an earlier load of the page were stored
 * since, and how many of them are warning signs, whichever part of the page sent them.
 */
export function start({ owner, endpoint, onChange = () => {} }) {
  const tried = new Set();
  let stopped = false;
  let running = null;
  let again = false;
  let failures = 0;
  let timer = 0;
  let closed = '';

  async function tell() {
    if (stopped) return;
    const [waiting, no] = [await pending(owner), await refused(owner)];
    const { all, signs } = earlier.get(owner) ?? NONE;
    if (!stopped) onChange({ pending: waiting.length, refused: no, closed, earlier: all, signs });
  }

  async function drain() {
    let most = BATCH;
    while (!stopped) {
      const items = (await pending(owner)).slice(0, most);
      if (!items.length) return true;
      const firstTry = items.some((item) => !tried.has(item.id));
      items.forEach((item) => tried.add(item.id));
      let reply = await post(endpoint, owner, items, firstTry);
      if (reply && !reply.whole) {
        // One item that is never accepted must not block the others: halve the batch until it is
        // found, keep its sentence.
        if (items.length > 1) most = Math.ceil(items.length / 2);
        else reply = { whole: true, refused: reply.error ? [{ id: items[0].id, why: reply.error }] : [] };
        if (!reply.whole) continue;
      }
      if (!reply || !(await settle(items, reply))) return false;
      most = BATCH;
      failures = 0;
      closed = reply.closed || '';
      await tell();
    }
    return true;
  }

  function flush() {
    clearTimeout(timer);
    if (stopped) return Promise.resolve();
    again = Boolean(running);
    running ??= alone(drain)
      .catch(() => false)
      .then(async (empty) => {
        running = null;
        await tell().catch(() => {});
        if (stopped) return;
        if (again) {
          again = false;
          flush();
        } else if (!empty) {
          timer = setTimeout(flush, 1000 * RETRY_S[Math.min(failures, RETRY_S.length - 1)]);
          failures += 1;
        }
      });
    return running;
  }

  const seen = () => document.visibilityState === 'visible' && flush();
  const sender = {
    woken() {
      askToPersist();
      tell().catch(() => {});
      flush();
    },
  };
  senders.add(sender);
  window.addEventListener('online', flush);
  document.addEventListener('visibilitychange', seen);
  tell().catch(() => {});
  flush();

  return {
    flush,
    stop() {
      stopped = true;
      clearTimeout(timer);
      senders.delete(sender);
      window.removeEventListener('online', flush);
      document.removeEventListener('visibilitychange', seen);
    },
  };
}
