// Sign-out by one click in this window: a link of Streamlit's would open another one.

const forms = new WeakMap();

export default function mount({ parentElement: parent, data }) {
  let form = forms.get(parent);
  if (!form) {
    form = document.createElement('form');
    form.method = 'post';
    form.action = '/sign-out';
    form.style.margin = '0';
    const button = document.createElement('button');
    button.style.cssText =
      'font:16px var(--st-font, sans-serif);color:var(--st-text-color);background:none;border:1px solid #857D6F;border-radius:8px;min-height:44px;padding:4px 14px;cursor:pointer;white-space:nowrap';
    form.append(button);
    parent.append(form);
    forms.set(parent, form);
  }
  form.firstChild.textContent = data.text;
  return () => {
    form.remove();
    forms.delete(parent);
  };
}
