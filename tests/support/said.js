// What the page says to eyes and ears, in every shadow root: [where, text] of each text node, attribute and title.
() => {
  const said = [['title', document.title]];
  // Streamlit's pictures of signs, and what the style sheets hide from everybody. English words are shown as titles of
  // publications, which are names and marked as English, and as what is typed into a file as it stands.
  const NOT_SAID = 'style, script, noscript, head, cite[lang="en"], td code, [translate="no"], [data-testid="stElementToolbar"], [data-testid="stHeaderActionElements"], .stDialog';
  const told = ['aria-label', 'aria-description', 'aria-valuetext', 'aria-roledescription', 'aria-placeholder', 'title', 'alt', 'placeholder', 'label'];
  const place = (node) => {
    const keyed = node.closest?.('[class*="st-key-"]')?.className.match?.(/st-key-[\w-]+/)?.[0] ?? '';
    return `${keyed} ${node.tagName?.toLowerCase() ?? ''}.${String(node.getAttribute?.('class') ?? '').slice(0, 40)}`;
  };
  const walk = (root) => {
    for (const node of root.querySelectorAll('*')) {
      if (node.closest(NOT_SAID)) continue;
      for (const name of told) if (node.hasAttribute(name)) said.push([`${name} of ${place(node)}`, node.getAttribute(name)]);
      if (node.matches('input[type=button], input[type=submit]')) said.push([`value of ${place(node)}`, node.value]);
      for (const child of node.childNodes) if (child.nodeType === 3 && child.data.trim()) said.push([place(node), child.data]);
      if (node.shadowRoot) walk(node.shadowRoot);
    }
  };
  walk(document);
  return said;
}
