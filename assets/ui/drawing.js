// A still drawing in the colours of the theme.

const shown = new WeakMap();

export default function mount({ parentElement: parent, data }) {
  const known = shown.get(parent);
  if (known?.name === data.name) {
    known.follow();
    return known.leave;
  }
  known?.leave();
  const root = Object.assign(document.createElement('div'), { className: 'coach styled' });
  const style = Object.assign(document.createElement('link'), { rel: 'stylesheet', href: data.css });
  parent.append(style, root);
  const theme = matchMedia('(prefers-color-scheme: dark)');
  const drawn = { name: data.name, follow() {} };
  // After the page has changed its theme
  const changed = () => setTimeout(() => drawn.follow(), 100);
  drawn.leave = () => {
    theme.removeEventListener('change', changed);
    style.remove();
    root.remove();
    shown.delete(parent);
  };
  theme.addEventListener('change', changed);
  shown.set(parent, drawn);
  import(new URL(data.module, location.origin).href).then(({ drawing, followTheme }) => {
    root.append(drawing(data.svg, data.name));
    drawn.follow = () => followTheme(root);
    drawn.follow();
  });
  return drawn.leave;
}
