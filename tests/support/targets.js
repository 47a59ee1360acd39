// What can be tapped and is smaller than so many pixels either way, with its size.
(least) => {
  const TAPPED = 'a[href], button, input, textarea, select, summary, [role=button], [role=radio], [role=checkbox], [role=switch]';
  const found = [];
  const walk = (root) => root.querySelectorAll('*').forEach((each) => {
    if (each.shadowRoot) walk(each.shadowRoot);
    if (!each.matches(TAPPED) || !each.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return;
    const { width, height } = ((['checkbox', 'radio'].includes(each.type) && each.closest('label')) || each).getBoundingClientRect();
    if (width <= 1 || height <= 1 || (width >= least - 0.5 && height >= least - 0.5)) return;
    const name = each.getAttribute('aria-label') ?? each.textContent.trim();
    found.push(`${each.tagName} ${name.slice(0, 60)}: ${Math.round(width)} x ${Math.round(height)}`);
  });
  walk(document);
  return found;
}
