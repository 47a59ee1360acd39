// Counts down in the lines that a text block keeps for it, and tells the page at the end. The
// server says how much time is left; this only counts.

const version = new URL(import.meta.url).search;
const { whenIdle } = await import(`./unasked.js${version}`);

const running = new WeakMap();

export default function mount({ parentElement: parent, data, setTriggerValue }) {
  let clock = running.get(parent);
  if (!clock) {
    clock = { told: new Set() };
    clock.tick = () => tick(clock);
    clock.timer = setInterval(clock.tick, 1000);
    document.addEventListener('visibilitychange', clock.tick);
    // A line that is drawn again is filled before it is painted.
    clock.lines = new MutationObserver(clock.tick);
    clock.lines.observe(document.querySelector('.stMain') ?? document.body, { childList: true, subtree: true });
    running.set(parent, clock);
  }
  clock.data = data;
  clock.tell = (until) => whenIdle(() => setTriggerValue('opened', until), () => running.get(parent) === clock);
  clock.mono = performance.now();
  clock.wall = Date.now();
  clock.tick();
  return () => {
    clearInterval(clock.timer);
    clock.lines.disconnect();
    document.removeEventListener('visibilitychange', clock.tick);
    running.delete(parent);
  };
}

function tick(clock) {
  // A sleeping device may stop one of its clocks: the one that is further ahead is right.
  const passed = Math.max(performance.now() - clock.mono, Date.now() - clock.wall);
  const { lines, words: said } = clock.data;
  for (const [name, { until, left_ms: left }] of Object.entries(lines)) {
    const text = words(left - passed, said);
    for (const line of document.querySelectorAll(`[data-countdown="${CSS.escape(name)}"]`)) {
      if (line.textContent !== text) line.textContent = text;
    }
    if (left <= passed && !clock.told.has(until)) {
      clock.told.add(until);
      clock.tell(until);
    }
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
