// Counts down and tells the page at the end. The server says how much time is left; this only
// counts.

const version = new URL(import.meta.url).search;
const { whenIdle } = await import(`./unasked.js${version}`);

const running = new WeakMap();

export default function mount({ parentElement: parent, data, setTriggerValue }) {
  let clock = running.get(parent);
  if (!clock) {
    const line = document.createElement('p');
    line.setAttribute('role', 'timer');
    line.style.cssText = 'margin:0;font:inherit;font-size:1.1em;font-weight:700;color:var(--st-text-color)';
    parent.append(line);
    clock = { line, told: '' };
    clock.tick = () => tick(clock);
    clock.timer = setInterval(clock.tick, 1000);
    document.addEventListener('visibilitychange', clock.tick);
    running.set(parent, clock);
  }
  clock.data = data;
  clock.tell = () => whenIdle(() => setTriggerValue('opened', data.until), () => running.get(parent) === clock);
  clock.mono = performance.now() + data.left_ms;
  clock.wall = Date.now() + data.left_ms;
  clock.tick();
  return () => {
    clearInterval(clock.timer);
    document.removeEventListener('visibilitychange', clock.tick);
    clock.line.remove();
    running.delete(parent);
  };
}

function tick(clock) {
  // A sleeping device may stop one of its clocks: the one that is further ahead is right.
  const left = Math.min(clock.mono - performance.now(), clock.wall - Date.now());
  const text = words(left, clock.data.words);
  if (clock.line.textContent !== text) clock.line.textContent = text;
  if (left <= 0 && clock.told !== clock.data.until) {
    clock.told = clock.data.until;
    clock.tell();
  }
}

function words(left, said) {
  const minutes = Math.ceil(left / 60_000);
  if (left < 60_000) return said.seconds;
  if (minutes < 60) return (minutes === 1 ? said.minute : said.minutes).replace('{m}', minutes);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return said.hours.replace('{h}', hours).replace('{m}', minutes % 60);
  return said.days.replace('{d}', Math.floor(hours / 24)).replace('{h}', hours % 24);
}
