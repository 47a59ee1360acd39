// The document says in which language it is, and in which direction that is written.

// Streamlit's calendars name months and days in the browser's language, and there is no way to tell them another. Where the
// reader has chosen one, it is told as the browser's. What the browser asks for itself stays behind "-x-": Streamlit sends
// this to the server, and `browser.py` reads it there.
const own = navigator.language;
let reads = '';
const language = (locale) => locale.split('-')[0];
const told = () => (!reads || language(reads) === language(own) ? own : `${reads}-x-${own}`);
Object.defineProperty(navigator, 'language', { configurable: true, get: told });

export default function mount({ data }) {
  document.documentElement.lang = data.lang;
  document.documentElement.dir = data.dir;
  reads = data.locale;
}
