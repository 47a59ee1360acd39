// The document says in which language it is, and in which direction that is written.

export default function mount({ data }) {
  document.documentElement.lang = data.lang;
  document.documentElement.dir = data.dir;
}
