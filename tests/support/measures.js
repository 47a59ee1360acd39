// What is wrong with the layout of the page as it is shown now: one line for each thing that a reader would stumble over.
() => {
  const found = [];
  const main = document.querySelector('.stMain');
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide || main.scrollWidth > main.clientWidth + 1) found.push('the page scrolls sideways');
  const scrolls = (element) => element.closest('[data-testid="stTable"], .stVegaLiteChart, .coach-scrolls, [style*="overflow"]');
  const closed = (element) => element.closest('details:not([open])') && !element.closest('summary');
  // Bars stay in sight, over what is scrolled.
  const bar = (element) => {
    for (let up = element; up; up = up.parentElement ?? up.getRootNode().host) {
      if (/fixed|sticky/.test(getComputedStyle(up).position)) return up;
    }
    return null;
  };
  const texts = [];
  // Our own components stand in trees of their own, and so do their texts.
  function* written(root) {
    const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (walk.nextNode()) {
      const node = walk.currentNode;
      if (node.nodeType === Node.TEXT_NODE) yield node;
      else if (node.shadowRoot) yield* written(node.shadowRoot);
    }
  }
  for (const node of written(document.querySelector('.stApp'))) {
    const element = node.parentElement;
    if (!element) continue;
    const hidden = element.closest('[class*="skip" i], a[href^="#"], .said, .unseen') || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!node.data.trim() || hidden || closed(element) || element.closest('style, svg, .stApp table, .stVegaLiteChart')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 2) continue;
      texts.push({ said: node.data.trim().slice(0, 40), box, element, bar: bar(element) });
      if (box.right > wide + 1 || box.left < -1) found.push(`outside: ${node.data.trim().slice(0, 40)}`);
    }
    for (let up = element, n = 0; up && n < 6; up = up.parentElement, n += 1) {
      const style = getComputedStyle(up);
      if (/hidden|clip/.test(style.overflowX + style.overflowY) && up.clientWidth > 2) {
        if (up.scrollWidth > up.clientWidth + 1 && !scrolls(up)) found.push(`cut: ${node.data.trim().slice(0, 40)}`);
        break;
      }
    }
  }
  texts.forEach((one, i) => {
    for (const other of texts.slice(i + 1)) {
      if (one.bar !== other.bar) continue; // what lies under a bar is scrolled to
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (across > 3 && down > 0.4 * Math.min(one.box.height, other.box.height)) found.push(`over each other: ${one.said} | ${other.said}`);
    }
  });
  return [...new Set(found)];
}
