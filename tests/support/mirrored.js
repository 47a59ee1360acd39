// What does not stand as it must on a screen that runs from the right to the left: one line for each.
() => {
  const found = [];
  if (document.documentElement.dir !== 'rtl') found.push('the document does not run from the right');
  // Read from the left in every language: numbers to call, days and times in figures, shares.
  const FIGURES = /\+\d[\d\s().\/-]{5,}\d|\d{1,2}[:.]\d{2}|\d{4}-\d{2}-\d{2}|\d+[.,]\d+/g;
  const above = (element) => element.parentElement ?? element.getRootNode().host;
  function* written(root) {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (walk.nextNode()) {
      const node = walk.currentNode;
      if (node.nodeType === Node.TEXT_NODE) yield node;
      else if (node.shadowRoot) yield* written(node.shadowRoot);
    }
  }
  const place = (node, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect();
  };
  for (const node of written(document.body)) {
    const element = node.parentElement;
    if (!element?.checkVisibility() || element.closest('style, script, svg')) continue;
    for (const { 0: figures, index } of node.data.matchAll(FIGURES)) {
      const [first, last] = [place(node, index), place(node, index + figures.length - 1)];
      if (first.width && last.width && Math.abs(first.top - last.top) < 2 && first.left > last.left) found.push(`read from the right: ${figures.trim()}`);
    }
  }
  const links = [...document.querySelectorAll('.st-key-coach-menu > :is(a, button)')].map((link) => link.getBoundingClientRect().left);
  if (links.some((left, n) => n && left >= links[n - 1])) found.push('the menu does not begin at the right');
  // A drawing that is mirrored with the screen shows the other leg.
  const turned = (element) => {
    let sides = 1;
    for (let up = element; up; up = above(up)) {
      const { transform } = getComputedStyle(up);
      if (transform !== 'none') sides *= Math.sign(new DOMMatrix(transform).a) || 1;
    }
    return sides < 0;
  };
  const drawings = [...document.querySelectorAll('.stMain img')];
  for (const each of drawings) if (turned(each)) found.push(`a drawing is mirrored: ${each.getAttribute('src')}`);
  // What points on, points to the left: an arrow into a row, a chevron of a line that opens.
  const arrows = document.querySelectorAll('summary [data-testid="stIconMaterial"]');
  for (const arrow of arrows) {
    if (arrow.checkVisibility() && !arrow.closest('details[open]') && !turned(arrow)) found.push(`an arrow points back: ${arrow.closest('summary').textContent.trim().slice(0, 40)}`);
  }
  return [...new Set(found)];
}
