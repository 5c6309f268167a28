// Makes one element like another with as few changes as it takes, so that what
// the reader has focused, opened or typed stays.

function key(n: Node): string {
  return n instanceof Element ? `${n.tagName}#${n.id}` : `${n.nodeType}`
}

// own lists attributes that belong to the reader or to scripts.
const own = new Set(['open', 'data-shown', 'data-cursor', 'tabindex'])

function attributes(from: Element, to: Element): void {
  for (const a of [...from.attributes]) {
    if (!to.hasAttribute(a.name) && !own.has(a.name)) from.removeAttribute(a.name)
  }
  for (const a of to.attributes) {
    if (from.getAttribute(a.name) !== a.value && !own.has(a.name)) from.setAttribute(a.name, a.value)
  }
}

export function morph(from: Element, to: Element): void {
  if (from.isEqualNode(to)) return
  // What is being typed or chosen is the reader's.
  if (from instanceof HTMLInputElement || from instanceof HTMLTextAreaElement || from instanceof HTMLSelectElement) return
  attributes(from, to)
  if (from instanceof HTMLTimeElement && from.dataset.shown === from.dateTime) return
  if (from instanceof HTMLTimeElement || from instanceof HTMLOutputElement) {
    if (from instanceof HTMLTimeElement) from.textContent = to.textContent
    return
  }
  let at = from.firstChild
  for (const want of [...to.childNodes]) {
    const same = next(at, key(want))
    if (!same) {
      from.insertBefore(document.importNode(want, true), at)
      continue
    }
    while (at && at !== same) at = drop(at)
    if (same instanceof Element && want instanceof Element) morph(same, want)
    else if (same.nodeValue !== want.nodeValue) same.nodeValue = want.nodeValue
    at = same.nextSibling
  }
  while (at) at = drop(at)
}

// next finds the first node from here on that may become the wanted one.
function next(at: ChildNode | null, wanted: string): ChildNode | null {
  while (at && key(at) !== wanted) at = at.nextSibling
  return at
}

// drop removes a node, but for the cursor of a chart, and gives the one after it.
function drop(n: ChildNode): ChildNode | null {
  const after = n.nextSibling
  if (!(n instanceof Element && n.classList.contains('cursor-line'))) n.remove()
  return after
}
