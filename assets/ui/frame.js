// What every page has around its content, as one component: each part is a module beside this file,
// mounted in a box of its own, and only when what it is given has changed.

const version = `?v=${new URL(import.meta.url).searchParams.get('v')}`;

const AGAIN_MS = 1000;

const modules = new Map();
const frames = new WeakMap(); // component -> its parts by name

/** A document that was loaded before the server was replaced gets the styles that belong to these scripts. */
for (const sheet of document.querySelectorAll('link[href^="/coach-assets/ui/"]')) {
  if (sheet.rel !== 'stylesheet' || sheet.href.includes(version)) continue;
  const next = sheet.cloneNode();
  next.href = new URL(sheet.href).pathname + version;
  next.onload = () => sheet.remove();
  sheet.after(next);
}

/** Browsers remember that a module failed to load, so it is requested under another address. */
const load = (name, n = 0) =>
  import(`./${name}.js${version}${n ? `&again=${n}` : ''}`).catch(async () => {
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    return load(name, n + 1);
  });

function module(name) {
  if (!modules.has(name)) modules.set(name, load(name));
  return modules.get(name);
}

export default function mount(component) {
  const { parentElement: parent, data } = component;
  const parts = frames.get(parent) ?? new Map();
  frames.set(parent, parts);
  for (const name of [...parts.keys()]) if (!(name in data)) leave(parts, name);
  for (const [name, given] of Object.entries(data)) {
    const part = parts.get(name) ?? begin(parent, parts, name);
    part.tell = (event, value) => component.setTriggerValue(event, { part: name, value });
    if (part.given === given) continue;
    part.given = given;
    module(name).then(({ default: show }) => {
      if (parts.get(name) !== part || part.given !== given) return; // left, or given something else
      const told = { parentElement: part.box, data: JSON.parse(given), key: name, setTriggerValue: (...what) => part.tell(...what) };
      part.leave = show(told) ?? part.leave;
    });
  }
  return () => {
    for (const name of [...parts.keys()]) leave(parts, name);
    frames.delete(parent);
  };
}

function begin(parent, parts, name) {
  const box = document.createElement('div');
  box.className = `coach-part-${name}`;
  parent.append(box);
  const part = { box, given: null, leave: () => {} };
  parts.set(name, part);
  return part;
}

function leave(parts, name) {
  const part = parts.get(name);
  parts.delete(name);
  part.leave();
  part.box.remove();
}
