// Fills marked elements from a model. Texts become text, never markup.
//   data-text="latency.value"      its text
//   data-set="datetime=at"         its attributes; `@` before a field puts the page's own address before it
//   data-show="f" / data-hide="f"  shown or hidden while the field is empty
//   data-each="peers"              its children, one per item, made from the template that data-template names
import { base } from './server.js';

/** Fills `element` and everything in it. Lists bind their items themselves. */
export function bind(element, model) {
  const { text, set, show, hide, each } = element.dataset;
  if (text !== undefined) setText(element, read(model, text));
  if (set !== undefined) setAttributes(element, set, model);
  if (show !== undefined) setHidden(element, isEmpty(read(model, show)));
  if (hide !== undefined) setHidden(element, !isEmpty(read(model, hide)));
  if (each !== undefined) {
    fill(element, read(model, each) ?? []);
    return;
  }
  if (element.dataset.template !== undefined) return;
  for (const child of element.children) {
    if (child.localName !== 'template') bind(child, model);
  }
}

/** Makes the children of `list` the given items, by key: what stays keeps its place, focus and open details. */
export function fill(list, items) {
  const known = new Map([...list.children].map((child) => [child.dataset.key, child]));
  let before = list.firstElementChild;
  for (const item of items) {
    let child = known.get(item.key);
    if (child) known.delete(item.key);
    else child = make(list.dataset.template, item);
    bind(child, item);
    if (child === before) before = before.nextElementSibling;
    else list.insertBefore(child, before);
  }
  for (const child of known.values()) child.remove();
}

function make(templateId, item) {
  const child = document.getElementById(templateId).content.firstElementChild.cloneNode(true);
  child.dataset.key = item.key;
  child.dataset.fresh = '';
  return child;
}

function setText(element, value) {
  const text = value === undefined || value === null ? '' : String(value);
  if (element.textContent !== text) element.textContent = text;
}

function setAttributes(element, pairs, model) {
  for (const pair of pairs.split(' ')) {
    const [name, field] = pair.split('=');
    const value = field.startsWith('@')
      ? base + String(read(model, field.slice(1)))
      : String(read(model, field) ?? '');
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}

function setHidden(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}

function isEmpty(value) {
  return Array.isArray(value) ? value.length === 0 : !value;
}

function read(model, field) {
  return field.split('.').reduce((value, part) => value?.[part], model);
}
