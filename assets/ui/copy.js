// A text to copy: shown whole, with a button under it.

const boxes = new WeakMap();

export default function mount({ parentElement: parent, data }) {
  let box = boxes.get(parent);
  if (!box) {
    box = document.createElement('div');
    const text = document.createElement('code');
    text.style.cssText = 'display:block;font:18px/1.5 monospace;overflow-wrap:anywhere;user-select:all;padding:8px 0 16px';
    const button = document.createElement('button');
    button.style.cssText =
      'font:700 1.05rem var(--st-font,sans-serif);color:var(--st-text-color);background:none;border:1px solid #857D6F;border-radius:12px;min-height:56px;width:100%;cursor:pointer';
    const said = document.createElement('p');
    said.setAttribute('role', 'status');
    said.style.cssText = 'font:18px var(--st-font,sans-serif);margin:8px 0 0';
    box.append(text, button, said);
    parent.append(box);
    boxes.set(parent, box);
  }
  const [text, button, said] = box.children;
  text.textContent = data.text;
  button.textContent = data.copy;
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(data.text);
      said.textContent = data.copied;
    } catch {
      getSelection().selectAllChildren(text); // selected, so that the device's own menu can copy it
      said.textContent = data.marked;
    }
  };
  return () => {
    box.remove();
    boxes.delete(parent);
  };
}
