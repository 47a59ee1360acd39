// What is wrong with the layout of the page as it is shown now: one line for each thing that a reader would stumble over.
() => {
  const found = [];
  const main = document.querySelector('.stMain');
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth > wide || main.scrollWidth > main.clientWidth + 1) found.push('the page scrolls sideways');
  const scrolls = (element) => element.closest('[data-testid="stTable"], .stVegaLiteChart, .coach-scrolls, [style*="overflow"]');
  const closed = (element) => element.closest('details:not([open])') && !element.closest('summary');
  const texts = [];
  const walk = document.createTreeWalker(document.querySelector('.stApp'), NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    const element = node.parentElement;
    const hidden = element.closest('[class*="skip" i], a[href^="#"]') || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
    if (!node.data.trim() || hidden || closed(element) || element.closest('style, svg, table, .stVegaLiteChart')) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects()) {
      if (box.width < 2) continue;
      texts.push({ said: node.data.trim().slice(0, 40), box, element });
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
  const bar = (text) => text.element.closest('.st-key-coach-menu, .st-key-review-bar, [data-coach-seen]');
  texts.forEach((one, i) => {
    for (const other of texts.slice(i + 1)) {
      if (Boolean(bar(one)) !== Boolean(bar(other))) continue; // what lies under a bar is scrolled to
      const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const down = Math.min(one.box.bottom, other.box.bottom) - Math.max(one.box.top, other.box.top);
      if (across > 3 && down > 0.4 * Math.min(one.box.height, other.box.height)) found.push(`over each other: ${one.said} | ${other.said}`);
    }
  });
  return [...new Set(found)];
}
