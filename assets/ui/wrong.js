// "Something is wrong" on Today: opens the page's warning signs (help.js), whether or not the
// server answers.

const buttons = new WeakMap();

export default function mount(component) {
  const { parentElement: parent, data } = component;
  let button = buttons.get(parent);
  if (!button) {
    button = Object.assign(document.createElement('button'), { type: 'button' });
    button.style.cssText =
      'width:100%;min-height:56px;padding:8px 12px;font:inherit;font-size:1.05rem;font-weight:700;cursor:pointer;border-radius:12px;' +
      'color:var(--st-text-color);background:var(--st-background-color);border:1px solid var(--st-border-color)';
    parent.querySelector('a')?.remove(); // the fallback link, used until this file is loaded
    parent.append(button);
    buttons.set(parent, button);
  }
  button.textContent = data.text;
  button.onclick = () => {
    const asked = new CustomEvent('coach:help', { cancelable: true });
    // No listener on this page: ask the server
    if (window.dispatchEvent(asked)) component.setTriggerValue('asked', Date.now());
  };
  return () => {
    button.remove();
    buttons.delete(parent);
  };
}
